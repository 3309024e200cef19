-- The relational form of Patient, Encounter, ServiceRequest and CarePlan, for analysts; docs/relational.md explains each
-- column, src/store/relational/schema.rs is its Rust side. Rows of live resources only, written with the version.
--
-- The first table of a type has one row for each resource; the others hold its repeating elements, numbered by position
-- from 0 and clustered with their resource. Deleting the first row deletes the others.
-- Columns that refer to a resource hold its resource_id.rid.
-- ..._us are microseconds since 1970 UTC; the dates beside them are the FHIR text as it was written.

CREATE TABLE patient (
    rid INTEGER NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    active INTEGER,
    gender TEXT,
    birth_date TEXT,
    deceased INTEGER,
    deceased_at TEXT,
    nhs_number TEXT,
    nhs_number_status TEXT,
    ethnic_category TEXT,
    ethnic_category_text TEXT,
    birth_sex TEXT,
    marital_status TEXT,
    residential_status TEXT,
    death_notification TEXT,
    language TEXT,
    interpreter_required INTEGER,
    general_practitioner INTEGER REFERENCES resource_id (rid),
    managing_organization INTEGER REFERENCES resource_id (rid)
) STRICT;
CREATE INDEX patient_by_nhs_number ON patient (nhs_number);

CREATE TABLE patient_identifier (
    rid INTEGER NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    use_code TEXT,
    type_code TEXT,
    system TEXT,
    value TEXT,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE patient_name (
    rid INTEGER NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    use_code TEXT,
    text TEXT,
    prefix TEXT,
    given TEXT,
    family TEXT,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE patient_telecom (
    rid INTEGER NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    system TEXT,
    use_code TEXT,
    value TEXT,
    rank INTEGER,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE patient_address (
    rid INTEGER NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    use_code TEXT,
    line TEXT,
    city TEXT,
    district TEXT,
    postal_code TEXT,
    country TEXT,
    started TEXT,
    ended TEXT,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE encounter (
    rid INTEGER NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    status TEXT,
    class TEXT,
    type_code TEXT,
    type_text TEXT,
    service_type_code TEXT,
    service_type_text TEXT,
    priority_code TEXT,
    priority_text TEXT,
    started TEXT,
    ended TEXT,
    started_us INTEGER,
    ended_us INTEGER,
    minutes INTEGER,
    admission_source TEXT,
    admission_method TEXT,
    discharge_destination TEXT,
    discharge_method TEXT,
    emergency_discharge_status TEXT,
    outcome_of_attendance TEXT,
    subject INTEGER REFERENCES resource_id (rid),
    service_provider INTEGER REFERENCES resource_id (rid),
    episode INTEGER REFERENCES resource_id (rid),
    appointment INTEGER REFERENCES resource_id (rid),
    part_of INTEGER REFERENCES resource_id (rid)
) STRICT;
CREATE INDEX encounter_of_subject ON encounter (subject, started_us);

CREATE TABLE encounter_based_on (
    rid INTEGER NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    request INTEGER NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX encounter_of_request ON encounter_based_on (request);

CREATE TABLE encounter_participant (
    rid INTEGER NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    role TEXT,
    individual INTEGER REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE encounter_location (
    rid INTEGER NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    location INTEGER REFERENCES resource_id (rid),
    name TEXT,
    physical_type TEXT,
    status TEXT,
    started TEXT,
    ended TEXT,
    started_us INTEGER,
    ended_us INTEGER,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE encounter_reason (
    rid INTEGER NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    system TEXT,
    code TEXT,
    text TEXT,
    reference INTEGER REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE encounter_diagnosis (
    rid INTEGER NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    condition INTEGER REFERENCES resource_id (rid),
    use_code TEXT,
    rank INTEGER,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE encounter_status_history (
    rid INTEGER NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    status TEXT,
    started TEXT,
    ended TEXT,
    started_us INTEGER,
    ended_us INTEGER,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE encounter_legal_status (
    rid INTEGER NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    context TEXT,
    classification TEXT,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_request (
    rid INTEGER NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    status TEXT,
    intent TEXT,
    priority TEXT,
    priority_reason_code TEXT,
    priority_reason_text TEXT,
    do_not_perform INTEGER,
    system TEXT,
    code TEXT,
    text TEXT,
    source_code TEXT,
    source_text TEXT,
    authored_on TEXT,
    authored_us INTEGER,
    started TEXT,
    ended TEXT,
    started_us INTEGER,
    ended_us INTEGER,
    subject INTEGER REFERENCES resource_id (rid),
    encounter INTEGER REFERENCES resource_id (rid),
    requester INTEGER REFERENCES resource_id (rid)
) STRICT;
CREATE INDEX service_request_of_subject ON service_request (subject, authored_us);

CREATE TABLE service_request_category (
    rid INTEGER NOT NULL REFERENCES service_request (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    system TEXT,
    code TEXT,
    text TEXT,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_request_performer (
    rid INTEGER NOT NULL REFERENCES service_request (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    performer INTEGER NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_request_reason (
    rid INTEGER NOT NULL REFERENCES service_request (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    system TEXT,
    code TEXT,
    text TEXT,
    reference INTEGER REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE care_plan (
    rid INTEGER NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    status TEXT,
    intent TEXT,
    title TEXT,
    created TEXT,
    started TEXT,
    ended TEXT,
    started_us INTEGER,
    ended_us INTEGER,
    subject INTEGER REFERENCES resource_id (rid),
    encounter INTEGER REFERENCES resource_id (rid),
    author INTEGER REFERENCES resource_id (rid)
) STRICT;
CREATE INDEX care_plan_of_subject ON care_plan (subject, started_us);

CREATE TABLE care_plan_category (
    rid INTEGER NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    system TEXT,
    code TEXT,
    text TEXT,
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE care_plan_team (
    rid INTEGER NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    team INTEGER NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE care_plan_addresses (
    rid INTEGER NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    condition INTEGER NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE care_plan_goal (
    rid INTEGER NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    goal INTEGER NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE care_plan_activity (
    rid INTEGER NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT,
    status TEXT,
    system TEXT,
    code TEXT,
    text TEXT,
    do_not_perform INTEGER,
    started TEXT,
    ended TEXT,
    started_us INTEGER,
    ended_us INTEGER,
    frequency INTEGER,
    period REAL,
    period_unit TEXT,
    location INTEGER REFERENCES resource_id (rid),
    performer INTEGER REFERENCES resource_id (rid),
    reference INTEGER REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
) STRICT, WITHOUT ROWID;

-- Where a patient lives now: the first address for use at home, or for no stated use, that has no end.
CREATE VIEW patient_home AS
SELECT a.rid, a.line, a.city, a.district, a.postal_code
FROM patient_address AS a
WHERE a.position = (
    SELECT min(b.position) FROM patient_address AS b
    WHERE b.rid = a.rid AND coalesce(b.use_code, 'home') = 'home' AND b.ended IS NULL
);

-- A patient in one row, with the ids that the API uses.
CREATE VIEW patient_summary AS
SELECT p.rid, i.fhir_id AS id, p.nhs_number, n.family, n.given, p.gender, p.birth_date, p.active, p.deceased,
    p.ethnic_category, p.ethnic_category_text, p.language, p.interpreter_required, h.city, h.district, h.postal_code,
    g.fhir_id AS general_practitioner
FROM patient AS p
JOIN resource_id AS i ON i.rid = p.rid
LEFT JOIN patient_name AS n ON n.rid = p.rid AND n.position = (
    SELECT min(m.position) FROM patient_name AS m
    WHERE m.rid = p.rid AND coalesce(m.use_code, 'official') IN ('official', 'usual')
)
LEFT JOIN patient_home AS h ON h.rid = p.rid
LEFT JOIN resource_id AS g ON g.rid = p.general_practitioner;

-- A referral with the start of the first contact that came of it: an encounter based on it that took place or has begun.
-- wait_days: whole days from the referral to that contact; NULL as long as there is none.
CREATE VIEW referral_wait AS
SELECT r.rid, r.id, r.status, r.priority, r.patient, h.district, r.authored_on, r.authored_us, r.first_contact_us,
    (r.first_contact_us - r.authored_us) / 86400000000 AS wait_days
FROM (
    SELECT s.rid, i.fhir_id AS id, s.status, s.priority, s.subject AS patient, s.authored_on, s.authored_us, (
        SELECT min(e.started_us) FROM encounter_based_on AS b
        JOIN encounter AS e ON e.rid = b.rid
        WHERE b.request = s.rid AND e.status IN ('arrived', 'triaged', 'in-progress', 'onleave', 'finished')
    ) AS first_contact_us
    FROM service_request AS s
    JOIN resource_id AS i ON i.rid = s.rid
    WHERE s.status <> 'entered-in-error'
) AS r
LEFT JOIN patient_home AS h ON h.rid = r.patient;

-- Names of organisations, read from their JSON.
CREATE VIEW organization_name AS
SELECT c.rid, i.fhir_id AS id, json_extract(CAST(v.body AS TEXT), '$.name') AS name
FROM current AS c
JOIN resource_type AS t ON t.code = c.type
JOIN resource_id AS i ON i.rid = c.rid
JOIN version AS v ON v.vid = c.vid
WHERE t.name = 'Organization' AND c.deleted = 0;
