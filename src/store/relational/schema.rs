//! The relational tables as Diesel sees them: the same names and columns as in `migrations/`. `docs/relational.md` tells what
//! each column holds.

use diesel::table;

table! {
    patient (rid) {
        rid -> BigInt,
        active -> Nullable<Bool>,
        gender -> Nullable<Text>,
        birth_date -> Nullable<Text>,
        deceased -> Nullable<Bool>,
        deceased_at -> Nullable<Text>,
        nhs_number -> Nullable<Text>,
        nhs_number_status -> Nullable<Text>,
        ethnic_category -> Nullable<Text>,
        ethnic_category_text -> Nullable<Text>,
        birth_sex -> Nullable<Text>,
        marital_status -> Nullable<Text>,
        residential_status -> Nullable<Text>,
        death_notification -> Nullable<Text>,
        language -> Nullable<Text>,
        interpreter_required -> Nullable<Bool>,
        general_practitioner -> Nullable<BigInt>,
        managing_organization -> Nullable<BigInt>,
    }
}

table! {
    patient_identifier (rid, position) {
        rid -> BigInt,
        position -> Integer,
        use_code -> Nullable<Text>,
        type_code -> Nullable<Text>,
        system -> Nullable<Text>,
        value -> Nullable<Text>,
    }
}

table! {
    patient_name (rid, position) {
        rid -> BigInt,
        position -> Integer,
        use_code -> Nullable<Text>,
        text -> Nullable<Text>,
        prefix -> Nullable<Text>,
        given -> Nullable<Text>,
        family -> Nullable<Text>,
    }
}

table! {
    patient_telecom (rid, position) {
        rid -> BigInt,
        position -> Integer,
        system -> Nullable<Text>,
        use_code -> Nullable<Text>,
        value -> Nullable<Text>,
        rank -> Nullable<Integer>,
    }
}

table! {
    patient_address (rid, position) {
        rid -> BigInt,
        position -> Integer,
        use_code -> Nullable<Text>,
        line -> Nullable<Text>,
        city -> Nullable<Text>,
        district -> Nullable<Text>,
        postal_code -> Nullable<Text>,
        country -> Nullable<Text>,
        started -> Nullable<Text>,
        ended -> Nullable<Text>,
    }
}

table! {
    encounter (rid) {
        rid -> BigInt,
        status -> Nullable<Text>,
        class -> Nullable<Text>,
        type_code -> Nullable<Text>,
        type_text -> Nullable<Text>,
        service_type_code -> Nullable<Text>,
        service_type_text -> Nullable<Text>,
        priority_code -> Nullable<Text>,
        priority_text -> Nullable<Text>,
        started -> Nullable<Text>,
        ended -> Nullable<Text>,
        started_us -> Nullable<BigInt>,
        ended_us -> Nullable<BigInt>,
        minutes -> Nullable<BigInt>,
        admission_source -> Nullable<Text>,
        admission_method -> Nullable<Text>,
        discharge_destination -> Nullable<Text>,
        discharge_method -> Nullable<Text>,
        emergency_discharge_status -> Nullable<Text>,
        outcome_of_attendance -> Nullable<Text>,
        subject -> Nullable<BigInt>,
        service_provider -> Nullable<BigInt>,
        episode -> Nullable<BigInt>,
        appointment -> Nullable<BigInt>,
        part_of -> Nullable<BigInt>,
    }
}

table! {
    encounter_based_on (rid, position) {
        rid -> BigInt,
        position -> Integer,
        request -> BigInt,
    }
}

table! {
    encounter_participant (rid, position) {
        rid -> BigInt,
        position -> Integer,
        role -> Nullable<Text>,
        individual -> Nullable<BigInt>,
    }
}

table! {
    encounter_location (rid, position) {
        rid -> BigInt,
        position -> Integer,
        location -> Nullable<BigInt>,
        name -> Nullable<Text>,
        physical_type -> Nullable<Text>,
        status -> Nullable<Text>,
        started -> Nullable<Text>,
        ended -> Nullable<Text>,
        started_us -> Nullable<BigInt>,
        ended_us -> Nullable<BigInt>,
    }
}

table! {
    encounter_reason (rid, position) {
        rid -> BigInt,
        position -> Integer,
        system -> Nullable<Text>,
        code -> Nullable<Text>,
        text -> Nullable<Text>,
        reference -> Nullable<BigInt>,
    }
}

table! {
    encounter_diagnosis (rid, position) {
        rid -> BigInt,
        position -> Integer,
        condition -> Nullable<BigInt>,
        use_code -> Nullable<Text>,
        rank -> Nullable<Integer>,
    }
}

table! {
    encounter_status_history (rid, position) {
        rid -> BigInt,
        position -> Integer,
        status -> Nullable<Text>,
        started -> Nullable<Text>,
        ended -> Nullable<Text>,
        started_us -> Nullable<BigInt>,
        ended_us -> Nullable<BigInt>,
    }
}

table! {
    encounter_legal_status (rid, position) {
        rid -> BigInt,
        position -> Integer,
        context -> Nullable<Text>,
        classification -> Nullable<Text>,
    }
}

table! {
    service_request (rid) {
        rid -> BigInt,
        status -> Nullable<Text>,
        intent -> Nullable<Text>,
        priority -> Nullable<Text>,
        priority_reason_code -> Nullable<Text>,
        priority_reason_text -> Nullable<Text>,
        do_not_perform -> Nullable<Bool>,
        system -> Nullable<Text>,
        code -> Nullable<Text>,
        text -> Nullable<Text>,
        source_code -> Nullable<Text>,
        source_text -> Nullable<Text>,
        authored_on -> Nullable<Text>,
        authored_us -> Nullable<BigInt>,
        started -> Nullable<Text>,
        ended -> Nullable<Text>,
        started_us -> Nullable<BigInt>,
        ended_us -> Nullable<BigInt>,
        subject -> Nullable<BigInt>,
        encounter -> Nullable<BigInt>,
        requester -> Nullable<BigInt>,
    }
}

table! {
    service_request_category (rid, position) {
        rid -> BigInt,
        position -> Integer,
        system -> Nullable<Text>,
        code -> Nullable<Text>,
        text -> Nullable<Text>,
    }
}

table! {
    service_request_performer (rid, position) {
        rid -> BigInt,
        position -> Integer,
        performer -> BigInt,
    }
}

table! {
    service_request_reason (rid, position) {
        rid -> BigInt,
        position -> Integer,
        system -> Nullable<Text>,
        code -> Nullable<Text>,
        text -> Nullable<Text>,
        reference -> Nullable<BigInt>,
    }
}

table! {
    care_plan (rid) {
        rid -> BigInt,
        status -> Nullable<Text>,
        intent -> Nullable<Text>,
        title -> Nullable<Text>,
        created -> Nullable<Text>,
        started -> Nullable<Text>,
        ended -> Nullable<Text>,
        started_us -> Nullable<BigInt>,
        ended_us -> Nullable<BigInt>,
        subject -> Nullable<BigInt>,
        encounter -> Nullable<BigInt>,
        author -> Nullable<BigInt>,
    }
}

table! {
    care_plan_category (rid, position) {
        rid -> BigInt,
        position -> Integer,
        system -> Nullable<Text>,
        code -> Nullable<Text>,
        text -> Nullable<Text>,
    }
}

table! {
    care_plan_team (rid, position) {
        rid -> BigInt,
        position -> Integer,
        team -> BigInt,
    }
}

table! {
    care_plan_addresses (rid, position) {
        rid -> BigInt,
        position -> Integer,
        condition -> BigInt,
    }
}

table! {
    care_plan_goal (rid, position) {
        rid -> BigInt,
        position -> Integer,
        goal -> BigInt,
    }
}

table! {
    care_plan_activity (rid, position) {
        rid -> BigInt,
        position -> Integer,
        kind -> Nullable<Text>,
        status -> Nullable<Text>,
        system -> Nullable<Text>,
        code -> Nullable<Text>,
        text -> Nullable<Text>,
        do_not_perform -> Nullable<Bool>,
        started -> Nullable<Text>,
        ended -> Nullable<Text>,
        started_us -> Nullable<BigInt>,
        ended_us -> Nullable<BigInt>,
        frequency -> Nullable<Integer>,
        period -> Nullable<Double>,
        period_unit -> Nullable<Text>,
        location -> Nullable<BigInt>,
        performer -> Nullable<BigInt>,
        reference -> Nullable<BigInt>,
    }
}
