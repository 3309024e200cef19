-- The logical schema on PostgreSQL: the tables of migrations/sqlite with the same names and columns, explained there. What is
-- different here is explained here; docs/storage.md has both.
--
-- Texts that are compared or ordered have COLLATE "C": byte by byte, as SQLite does, whatever the locale of the database is.

CREATE TABLE setting (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE resource_type (
    code integer NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE
);
INSERT INTO resource_type (code, name) VALUES (0, '');

CREATE TABLE search_parameter (
    id integer NOT NULL PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    UNIQUE (kind, code)
);

CREATE TABLE resource_id (
    rid bigint NOT NULL PRIMARY KEY,
    type integer NOT NULL REFERENCES resource_type (code) DEFERRABLE INITIALLY DEFERRED,
    fhir_id text COLLATE "C" NOT NULL,
    UNIQUE (type, fhir_id)
);

CREATE TABLE version (
    vid bigint NOT NULL PRIMARY KEY,
    rid bigint NOT NULL REFERENCES resource_id (rid),
    version bigint NOT NULL,
    type integer NOT NULL,
    ts bigint NOT NULL,
    method integer NOT NULL,
    body bytea NOT NULL
);
CREATE UNIQUE INDEX version_of_resource ON version (rid, version);
CREATE INDEX version_of_type ON version (type, vid);

-- The database cannot read the column `keys`, so the functions below look into the index tables. Two things that no index table
-- tells are beside it. parameters: the search parameters that have keys. sort_texts: what token, reference and number parameters are
-- sorted by, as {"parameter": [least, greatest]}.
CREATE TABLE current (
    rid bigint NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    type integer NOT NULL,
    version bigint NOT NULL,
    vid bigint NOT NULL,
    ts bigint NOT NULL,
    deleted integer NOT NULL,
    keys bytea NOT NULL,
    parameters integer[] NOT NULL,
    sort_texts jsonb NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX current_of_type ON current (type, rid) WHERE deleted = 0;
CREATE INDEX current_by_time ON current (type, ts, rid) WHERE deleted = 0;

CREATE TABLE type_count (
    type integer NOT NULL PRIMARY KEY,
    live bigint NOT NULL,
    versions bigint NOT NULL
) WITH (fillfactor = 50);

-- The search index. PostgreSQL keeps rows and index apart, so that a search reads the primary keys only and the rows just keep them
-- company. Most tables have a second index by resource, for the functions below.

CREATE TABLE ix_token (
    parameter integer NOT NULL,
    hash bigint NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, hash, rid)
);

CREATE TABLE ix_reference (
    parameter integer NOT NULL,
    target bigint NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, target, rid)
);
CREATE INDEX ix_reference_of_resource ON ix_reference (rid, parameter, target);

CREATE TABLE ix_date (
    parameter integer NOT NULL,
    low bigint NOT NULL,
    high bigint NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, low, high, rid)
);
-- (The subtraction would overflow where an end is open, hence numeric.)
CREATE INDEX ix_date_long ON ix_date (parameter, high, low, rid) WHERE high::numeric - low > 86400000000;
CREATE INDEX ix_date_of_resource ON ix_date (parameter, rid, low, high);

CREATE TABLE ix_quantity (
    parameter integer NOT NULL,
    unit bigint NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, unit, low, high, rid)
);
CREATE INDEX ix_quantity_range ON ix_quantity (parameter, unit, high, low, rid) WHERE low < high;
CREATE INDEX ix_quantity_of_resource ON ix_quantity (parameter, unit, rid, low, high);

CREATE TABLE ix_string (
    parameter integer NOT NULL,
    folded text COLLATE "C" NOT NULL,
    exact bigint NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, folded, exact, rid)
);
CREATE INDEX ix_string_of_resource ON ix_string (rid, parameter);

CREATE TABLE ix_uri (
    parameter integer NOT NULL,
    value text COLLATE "C" NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, value, rid)
);
CREATE INDEX ix_uri_of_resource ON ix_uri (rid, parameter);

CREATE TABLE ix_composite (
    parameter integer NOT NULL,
    hash bigint NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, hash, low, high, rid)
);
CREATE INDEX ix_composite_range ON ix_composite (parameter, hash, high, low, rid) WHERE low < high;
CREATE INDEX ix_composite_of_resource ON ix_composite (parameter, hash, rid, low, high);

CREATE TABLE ix_position (
    parameter integer NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (parameter, latitude, longitude, rid)
);
CREATE INDEX ix_position_of_resource ON ix_position (rid, parameter);

-- The words of the live resources that have any. content: all words, those of the narrative among them.
CREATE TABLE resource_text (
    rid bigint NOT NULL PRIMARY KEY,
    type integer NOT NULL,
    narrative text[] COLLATE "C" NOT NULL,
    content text[] COLLATE "C" NOT NULL
);
CREATE INDEX resource_text_narrative ON resource_text USING gin (narrative);
CREATE INDEX resource_text_content ON resource_text USING gin (content);

CREATE TABLE several_keys (
    parameter integer NOT NULL PRIMARY KEY
);

CREATE TABLE job (
    number bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    kind text NOT NULL,
    state text NOT NULL,
    work text NOT NULL,
    at_type bigint NOT NULL,
    at_rid bigint NOT NULL,
    total bigint NOT NULL,
    done bigint NOT NULL,
    created bigint NOT NULL,
    updated bigint NOT NULL
);

CREATE TABLE indexed_definition (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    definition text,
    types text NOT NULL,
    complete boolean NOT NULL
);

-- The functions that searches ask for the keys of one resource, by its number. In SQLite functions of the same names, made by the
-- program, are given the column `keys`.

-- The end is excluded, here and of uris.
CREATE FUNCTION has_string(the_rid bigint, the_parameter bigint, text_from text, text_to text)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM ix_string AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter AND k.folded >= text_from AND k.folded < text_to
    );
END $$;

CREATE FUNCTION has_string_part(the_rid bigint, the_parameter bigint, part text)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM ix_string AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter AND strpos(k.folded, part) > 0
    );
END $$;

CREATE FUNCTION has_string_end(the_rid bigint, the_parameter bigint, ending text)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM ix_string AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter AND right(k.folded, length(ending)) = ending
    );
END $$;

CREATE FUNCTION has_uri(the_rid bigint, the_parameter bigint, text_from text, text_to text)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM ix_uri AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter AND k.value >= text_from AND k.value < text_to
    );
END $$;

-- Metres between two places along the surface of the Earth, as fhir_search::near computes them.
CREATE FUNCTION distance(
    latitude double precision, longitude double precision, north double precision, east double precision
) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 2.0 * 6371008.8 * asin(sqrt(least(1.0, greatest(0.0,
        power(sin((radians(latitude) - radians(north)) / 2.0), 2)
        + cos(radians(north)) * cos(radians(latitude)) * power(sin(radians(longitude - east) / 2.0), 2)
    ))))
$$;

CREATE FUNCTION has_position(
    the_rid bigint, the_parameter bigint, north double precision, east double precision, metres double precision
) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM ix_position AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter
            AND distance(k.latitude, k.longitude, north, east) <= metres
    );
END $$;

CREATE FUNCTION has_key(the_rid bigint, the_parameter bigint)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce((SELECT the_parameter = ANY (c.parameters) FROM current AS c WHERE c.rid = the_rid), false);
END $$;

-- What the one reference of a parameter leads to; 0, which is no resource, if there is none.
CREATE FUNCTION reference_target(the_rid bigint, the_parameter bigint)
RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce((
        SELECT k.target FROM ix_reference AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter ORDER BY k.target LIMIT 1
    ), 0);
END $$;

-- Bytes in the order of the values.
CREATE FUNCTION ordered_bytes(value bigint) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int8send(value # (-9223372036854775808))
$$;

CREATE FUNCTION ordered_bytes(value double precision) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int8send(CASE WHEN bits < 0 THEN ~bits ELSE bits # (-9223372036854775808) END)
    FROM (SELECT ('x' || encode(float8send(value), 'hex'))::bit(64)::bigint AS bits) AS v
$$;

-- The leading key of a parameter as bytes that have the order of the values: the first, or the last in descending order.
-- kind: 1 date, 2 quantity, 3 string, 4 uri, 5 text.
CREATE FUNCTION sort_key(the_rid bigint, kind bigint, the_parameter bigint, descending bigint)
RETURNS bytea LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF kind = 1 AND descending = 0 THEN
        RETURN (SELECT ordered_bytes(k.low) || ordered_bytes(k.high) FROM ix_date AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter ORDER BY k.low, k.high LIMIT 1);
    ELSIF kind = 1 THEN
        RETURN (SELECT ordered_bytes(k.low) || ordered_bytes(k.high) FROM ix_date AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter ORDER BY k.low DESC, k.high DESC LIMIT 1);
    ELSIF kind = 2 AND descending = 0 THEN
        RETURN (SELECT ordered_bytes(k.low) || ordered_bytes(k.high) FROM ix_quantity AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter AND k.unit = 0 ORDER BY k.low, k.high LIMIT 1);
    ELSIF kind = 2 THEN
        RETURN (SELECT ordered_bytes(k.low) || ordered_bytes(k.high) FROM ix_quantity AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter AND k.unit = 0
            ORDER BY k.low DESC, k.high DESC LIMIT 1);
    ELSIF kind = 3 AND descending = 0 THEN
        RETURN (SELECT convert_to(k.folded, 'UTF8') || '\x00' || ordered_bytes(k.exact) FROM ix_string AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter ORDER BY k.folded, k.exact LIMIT 1);
    ELSIF kind = 3 THEN
        RETURN (SELECT convert_to(k.folded, 'UTF8') || '\x00' || ordered_bytes(k.exact) FROM ix_string AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter ORDER BY k.folded DESC, k.exact DESC LIMIT 1);
    ELSIF kind = 4 AND descending = 0 THEN
        RETURN (SELECT convert_to(k.value, 'UTF8') FROM ix_uri AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter ORDER BY k.value LIMIT 1);
    ELSIF kind = 4 THEN
        RETURN (SELECT convert_to(k.value, 'UTF8') FROM ix_uri AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter ORDER BY k.value DESC LIMIT 1);
    ELSE
        RETURN (SELECT convert_to(c.sort_texts #>> ARRAY[the_parameter::text, descending::text], 'UTF8')
            FROM current AS c WHERE c.rid = the_rid);
    END IF;
END $$;

-- Whether a row of an index table is the one that its resource is sorted by.
CREATE FUNCTION date_leads(the_rid bigint, the_parameter bigint, descending bigint, the_low bigint, the_high bigint)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF descending = 0 THEN
        RETURN NOT EXISTS (SELECT 1 FROM ix_date AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter AND (k.low, k.high) < (the_low, the_high));
    END IF;
    RETURN NOT EXISTS (SELECT 1 FROM ix_date AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter AND (k.low, k.high) > (the_low, the_high));
END $$;

CREATE FUNCTION quantity_leads(
    the_rid bigint, the_parameter bigint, descending bigint, the_low double precision, the_high double precision
) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF descending = 0 THEN
        RETURN NOT EXISTS (SELECT 1 FROM ix_quantity AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter AND k.unit = 0
                AND (k.low, k.high) < (the_low, the_high));
    END IF;
    RETURN NOT EXISTS (SELECT 1 FROM ix_quantity AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter AND k.unit = 0
            AND (k.low, k.high) > (the_low, the_high));
END $$;

CREATE FUNCTION string_leads(
    the_rid bigint, the_parameter bigint, descending bigint, the_folded text, the_exact bigint
) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF descending = 0 THEN
        RETURN NOT EXISTS (SELECT 1 FROM ix_string AS k
            WHERE k.rid = the_rid AND k.parameter = the_parameter AND (k.folded, k.exact) < (the_folded, the_exact));
    END IF;
    RETURN NOT EXISTS (SELECT 1 FROM ix_string AS k
        WHERE k.rid = the_rid AND k.parameter = the_parameter AND (k.folded, k.exact) > (the_folded, the_exact));
END $$;

-- The relational form, explained in migrations/sqlite and docs/relational.md.

CREATE TABLE patient (
    rid bigint NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    active boolean,
    gender text COLLATE "C",
    birth_date text COLLATE "C",
    deceased boolean,
    deceased_at text COLLATE "C",
    nhs_number text COLLATE "C",
    nhs_number_status text COLLATE "C",
    ethnic_category text COLLATE "C",
    ethnic_category_text text COLLATE "C",
    birth_sex text COLLATE "C",
    marital_status text COLLATE "C",
    residential_status text COLLATE "C",
    death_notification text COLLATE "C",
    language text COLLATE "C",
    interpreter_required boolean,
    general_practitioner bigint REFERENCES resource_id (rid),
    managing_organization bigint REFERENCES resource_id (rid)
);
CREATE INDEX patient_by_nhs_number ON patient (nhs_number);

CREATE TABLE patient_identifier (
    rid bigint NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    use_code text COLLATE "C",
    type_code text COLLATE "C",
    system text COLLATE "C",
    value text COLLATE "C",
    PRIMARY KEY (rid, position)
);

CREATE TABLE patient_name (
    rid bigint NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    use_code text COLLATE "C",
    text text COLLATE "C",
    prefix text COLLATE "C",
    given text COLLATE "C",
    family text COLLATE "C",
    PRIMARY KEY (rid, position)
);

CREATE TABLE patient_telecom (
    rid bigint NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    system text COLLATE "C",
    use_code text COLLATE "C",
    value text COLLATE "C",
    rank integer,
    PRIMARY KEY (rid, position)
);

CREATE TABLE patient_address (
    rid bigint NOT NULL REFERENCES patient (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    use_code text COLLATE "C",
    line text COLLATE "C",
    city text COLLATE "C",
    district text COLLATE "C",
    postal_code text COLLATE "C",
    country text COLLATE "C",
    started text COLLATE "C",
    ended text COLLATE "C",
    PRIMARY KEY (rid, position)
);

CREATE TABLE encounter (
    rid bigint NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    status text COLLATE "C",
    class text COLLATE "C",
    type_code text COLLATE "C",
    type_text text COLLATE "C",
    service_type_code text COLLATE "C",
    service_type_text text COLLATE "C",
    priority_code text COLLATE "C",
    priority_text text COLLATE "C",
    started text COLLATE "C",
    ended text COLLATE "C",
    started_us bigint,
    ended_us bigint,
    minutes bigint,
    admission_source text COLLATE "C",
    admission_method text COLLATE "C",
    discharge_destination text COLLATE "C",
    discharge_method text COLLATE "C",
    emergency_discharge_status text COLLATE "C",
    outcome_of_attendance text COLLATE "C",
    subject bigint REFERENCES resource_id (rid),
    service_provider bigint REFERENCES resource_id (rid),
    episode bigint REFERENCES resource_id (rid),
    appointment bigint REFERENCES resource_id (rid),
    part_of bigint REFERENCES resource_id (rid)
);
CREATE INDEX encounter_of_subject ON encounter (subject, started_us);

CREATE TABLE encounter_based_on (
    rid bigint NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    request bigint NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);
CREATE INDEX encounter_of_request ON encounter_based_on (request);

CREATE TABLE encounter_participant (
    rid bigint NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    role text COLLATE "C",
    individual bigint REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

CREATE TABLE encounter_location (
    rid bigint NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    location bigint REFERENCES resource_id (rid),
    name text COLLATE "C",
    physical_type text COLLATE "C",
    status text COLLATE "C",
    started text COLLATE "C",
    ended text COLLATE "C",
    started_us bigint,
    ended_us bigint,
    PRIMARY KEY (rid, position)
);

CREATE TABLE encounter_reason (
    rid bigint NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    system text COLLATE "C",
    code text COLLATE "C",
    text text COLLATE "C",
    reference bigint REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

CREATE TABLE encounter_diagnosis (
    rid bigint NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    condition bigint REFERENCES resource_id (rid),
    use_code text COLLATE "C",
    rank integer,
    PRIMARY KEY (rid, position)
);

CREATE TABLE encounter_status_history (
    rid bigint NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    status text COLLATE "C",
    started text COLLATE "C",
    ended text COLLATE "C",
    started_us bigint,
    ended_us bigint,
    PRIMARY KEY (rid, position)
);

CREATE TABLE encounter_legal_status (
    rid bigint NOT NULL REFERENCES encounter (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    context text COLLATE "C",
    classification text COLLATE "C",
    PRIMARY KEY (rid, position)
);

CREATE TABLE service_request (
    rid bigint NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    status text COLLATE "C",
    intent text COLLATE "C",
    priority text COLLATE "C",
    priority_reason_code text COLLATE "C",
    priority_reason_text text COLLATE "C",
    do_not_perform boolean,
    system text COLLATE "C",
    code text COLLATE "C",
    text text COLLATE "C",
    source_code text COLLATE "C",
    source_text text COLLATE "C",
    authored_on text COLLATE "C",
    authored_us bigint,
    started text COLLATE "C",
    ended text COLLATE "C",
    started_us bigint,
    ended_us bigint,
    subject bigint REFERENCES resource_id (rid),
    encounter bigint REFERENCES resource_id (rid),
    requester bigint REFERENCES resource_id (rid)
);
CREATE INDEX service_request_of_subject ON service_request (subject, authored_us);

CREATE TABLE service_request_category (
    rid bigint NOT NULL REFERENCES service_request (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    system text COLLATE "C",
    code text COLLATE "C",
    text text COLLATE "C",
    PRIMARY KEY (rid, position)
);

CREATE TABLE service_request_performer (
    rid bigint NOT NULL REFERENCES service_request (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    performer bigint NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

CREATE TABLE service_request_reason (
    rid bigint NOT NULL REFERENCES service_request (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    system text COLLATE "C",
    code text COLLATE "C",
    text text COLLATE "C",
    reference bigint REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

CREATE TABLE care_plan (
    rid bigint NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    status text COLLATE "C",
    intent text COLLATE "C",
    title text COLLATE "C",
    created text COLLATE "C",
    started text COLLATE "C",
    ended text COLLATE "C",
    started_us bigint,
    ended_us bigint,
    subject bigint REFERENCES resource_id (rid),
    encounter bigint REFERENCES resource_id (rid),
    author bigint REFERENCES resource_id (rid)
);
CREATE INDEX care_plan_of_subject ON care_plan (subject, started_us);

CREATE TABLE care_plan_category (
    rid bigint NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    system text COLLATE "C",
    code text COLLATE "C",
    text text COLLATE "C",
    PRIMARY KEY (rid, position)
);

CREATE TABLE care_plan_team (
    rid bigint NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    team bigint NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

CREATE TABLE care_plan_addresses (
    rid bigint NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    condition bigint NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

CREATE TABLE care_plan_goal (
    rid bigint NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    goal bigint NOT NULL REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

CREATE TABLE care_plan_activity (
    rid bigint NOT NULL REFERENCES care_plan (rid) ON DELETE CASCADE,
    position integer NOT NULL,
    kind text COLLATE "C",
    status text COLLATE "C",
    system text COLLATE "C",
    code text COLLATE "C",
    text text COLLATE "C",
    do_not_perform boolean,
    started text COLLATE "C",
    ended text COLLATE "C",
    started_us bigint,
    ended_us bigint,
    frequency integer,
    period double precision,
    period_unit text COLLATE "C",
    location bigint REFERENCES resource_id (rid),
    performer bigint REFERENCES resource_id (rid),
    reference bigint REFERENCES resource_id (rid),
    PRIMARY KEY (rid, position)
);

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
SELECT c.rid, i.fhir_id AS id, convert_from(v.body, 'UTF8')::json ->> 'name' AS name
FROM current AS c
JOIN resource_type AS t ON t.code = c.type
JOIN resource_id AS i ON i.rid = c.rid
JOIN version AS v ON v.vid = c.vid
WHERE t.name = 'Organization' AND c.deleted = 0;
