//! Resources as UK Core shapes them.

pub(super) const PATIENT: &str = r#"{
    "resourceType": "Patient", "id": "p1",
    "extension": [
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory", "valueCodeableConcept":
            {"coding": [{"system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory", "code": "H", "display": "Asian or Asian British - Indian"}]}},
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex", "valueCodeableConcept": {"coding": [{"code": "F"}]}},
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ResidentialStatus", "valueCodeableConcept": {"coding": [{"code": "H"}]}},
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus", "extension": [
            {"url": "deathNotificationStatus", "valueCodeableConcept": {"coding": [{"code": "2"}]}},
            {"url": "systemEffectiveDate", "valueDateTime": "2026-02-03"}]},
        {"url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": true}
    ],
    "identifier": [
        {"use": "usual", "type": {"coding": [{"code": "MR"}]}, "system": "https://westway.example.org/Id/local", "value": "77"},
        {"extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
            "valueCodeableConcept": {"coding": [{"code": "01"}]}}],
         "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}
    ],
    "active": true,
    "name": [
        {"use": "maiden", "family": "Rao", "given": ["Asha"]},
        {"use": "official", "prefix": ["Ms"], "family": "Shah", "given": ["Asha", "Devi"]}
    ],
    "telecom": [{"system": "phone", "value": "07700 900123", "use": "mobile", "rank": 1}],
    "gender": "female", "birthDate": "1985-07", "deceasedDateTime": "2026-02-01T10:00:00Z",
    "address": [
        {"use": "home", "line": ["1 Old Road"], "district": "Harrow", "period": {"end": "2020-01-01"}},
        {"use": "home", "line": ["Flat 2", "9 New Street"], "city": "London", "district": "Brent", "postalCode": "NW10 4ZZ", "country": "GBR", "period": {"start": "2020-01-01"}}
    ],
    "maritalStatus": {"coding": [{"code": "M"}]},
    "communication": [
        {"language": {"coding": [{"code": "en"}]}},
        {"language": {"coding": [{"code": "gu"}]}, "preferred": true}
    ],
    "generalPractitioner": [{"reference": "https://westway.example.org/fhir/Organization/gp1"}],
    "managingOrganization": {"reference": "https://elsewhere.example.org/fhir/Organization/trust"}
}"#;

pub(super) const STAY: &str = r##"{
    "resourceType": "Encounter", "id": "stay",
    "extension": [
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-LegalStatus", "extension": [
            {"url": "legalStatusContext", "valueCodeableConcept": {"coding": [{"code": "admission"}]}},
            {"url": "legalStatusClassification", "valueCodeableConcept": {"coding": [{"code": "02"}]}}]},
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DischargeMethod", "valueCodeableConcept": {"coding": [{"code": "1"}]}},
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-OutcomeOfAttendance", "valueCodeableConcept": {"coding": [{"code": "2"}]}},
        {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EmergencyCareDischargeStatus", "valueCodeableConcept": {"coding": [{"code": "1324201000000109"}]}}
    ],
    "status": "finished",
    "statusHistory": [{"status": "planned", "period": {"start": "2026-03-01", "end": "2026-03-02"}}],
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
    "type": [{"coding": [{"system": "http://snomed.info/sct", "code": "185212007", "display": "Seen in hospital ward"}]}],
    "serviceType": {"coding": [{"code": "310116007"}], "text": "Psychiatry"},
    "priority": {"text": "Emergency"},
    "subject": {"reference": "Patient/p1"},
    "episodeOfCare": [{"reference": "EpisodeOfCare/e1"}],
    "basedOn": [{"reference": "ServiceRequest/r1"}, {"identifier": {"value": "elsewhere"}}, {"reference": "#inside"}],
    "participant": [{"type": [{"coding": [{"code": "PPRF"}]}], "individual": {"reference": "Practitioner/d1"}}],
    "appointment": [{"reference": "Appointment/a1"}],
    "period": {"start": "2026-03-02T14:00:00+00:00", "end": "2026-03-04T16:30:00+01:00"},
    "reasonCode": [{"text": "Worsening psychosis"}],
    "reasonReference": [{"reference": "Condition/c1"}],
    "diagnosis": [{"condition": {"reference": "Condition/c1"}, "use": {"coding": [{"code": "DD"}]}, "rank": 1}],
    "hospitalization": {
        "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AdmissionMethod", "valueCodeableConcept": {"coding": [{"code": "25"}]}}],
        "admitSource": {"coding": [{"code": "19"}]}, "dischargeDisposition": {"coding": [{"code": "29"}]}
    },
    "location": [{"location": {"reference": "Location/ward", "display": "Elm Ward"}, "status": "completed",
        "physicalType": {"coding": [{"code": "E02"}]}, "period": {"start": "2026-03-02"}}],
    "serviceProvider": {"reference": "Organization/trust"},
    "partOf": {"reference": "Encounter/whole"}
}"##;

pub(super) const REFERRAL: &str = r#"{
    "resourceType": "ServiceRequest", "id": "r1",
    "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest", "valueCodeableConcept":
        {"coding": [{"code": "1991000124105"}], "text": "Self-referral through a digital tool"}}],
    "status": "active", "intent": "order",
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "3457005", "display": "Patient referral"}]}],
    "priority": "urgent",
    "_priority": {"extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-PriorityReason", "valueCodeableConcept":
        {"coding": [{"code": "6471006", "display": "Suicidal thoughts"}]}}]},
    "doNotPerform": false,
    "code": {"coding": [{"display": "no code"}, {"system": "http://snomed.info/sct", "code": "306206005", "display": "Referral to service"}]},
    "subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/e9"},
    "occurrencePeriod": {"start": "2026-01-01", "end": "2026-01-29"},
    "authoredOn": "2026-01-01T12:00:00Z", "requester": {"reference": "PractitionerRole/gp"},
    "performer": [{"reference": "HealthcareService/h1"}, {"reference": "HealthcareService/h2"}],
    "reasonCode": [{"coding": [{"code": "35489007", "display": "Depression"}]}],
    "reasonReference": [{"reference": "Condition/c1/_history/3"}]
}"#;

pub(super) const PLAN: &str = r#"{
    "resourceType": "CarePlan", "id": "cp1", "status": "active", "intent": "plan", "title": "Talking therapy plan",
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "718347000", "display": "Mental health care plan"}]}],
    "subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/stay"},
    "period": {"start": "2026-01-10", "end": "2026-01"}, "created": "2026-01-10", "author": {"reference": "PractitionerRole/d1"},
    "careTeam": [{"reference": "CareTeam/t1"}], "addresses": [{"reference": "Condition/c1"}],
    "goal": [{"reference": "Goal/g1"}, {"reference": "Goal/g2"}],
    "activity": [
        {"detail": {"kind": "ServiceRequest", "status": "in-progress", "doNotPerform": false,
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "304891004"}], "text": "Cognitive behavioural therapy session"},
            "scheduledTiming": {"repeat": {"boundsPeriod": {"start": "2026-01-10"}, "frequency": 1, "period": 1.5, "periodUnit": "wk"}},
            "location": {"reference": "Location/l1"}, "performer": [{"reference": "PractitionerRole/d1"}]}},
        {"reference": {"reference": "Task/t1"}},
        {"detail": {"status": "scheduled", "scheduledPeriod": {"start": "2026-02-01", "end": "2026-02-28"}}}
    ]
}"#;
