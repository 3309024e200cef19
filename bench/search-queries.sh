#!/usr/bin/env bash
# Prints the searches of the measurement: a class, a tab, and a path below the base. `{patient}` and the like stand for ids that
# the caller samples from the server. The classes follow the search workload of the hsbench suite (every combination of value and
# modifier or prefix) and the named queries of the mock-health comparison.
set -euo pipefail

# each CLASS 'TYPE?NAME' 'values'
each() {
  local class="$1" name="$2" values="$3" value
  for value in $values; do printf '%s\t%s=%s&_count=20\n' "$class" "$name" "$value"; done
}

names="Smith A Mar Ka Jo NON-EXISTS Bru Osin Willi Schul Da ro Lu Hal Gus Ann Ste Con Fer Mo"
towns="Boston Worcester Spring Lowell Cambridge New Brock Quincy Lynn Fall NON-EXISTS Newton Law Somer Fram Hav Wal Malden Bro Plym"
clinics="HOSPITAL MEDICAL CENTER PCP Beth Boston NORTH South CLINIC Health Mass Saint URGENT NON-EXISTS Lahey Care Dr Family Baystate Good"
for values in "Patient?name:$names" "Patient?address:$towns" "Organization?name:$clinics"; do
  name="${values%%:*}"
  each "string" "$name" "${values#*:}"
  each "string :contains" "$name:contains" "${values#*:}"
done

days="1913-05-01 1950-01-01 1965-07-12 1980-02-29 1990-11-30 1999-12-31 2005-06-15 2010-01-01 2012-08-08 2014-03-03 2016-10-10 2018-04-05 2019-09-09 2020-01-01 2020-06-30 2021-01-15 2021-06-01 2025-01-01 2070-01-01"
for prefix in "" eq lt gt ge le sa eb; do
  for day in $days; do
    printf 'date %s\tPatient?birthdate=%s%s&_count=20\n' "$prefix" "$prefix" "$day"
    printf 'date %s\tObservation?date=%s%sT10:00:00&_count=20\n' "$prefix" "$prefix" "$day"
    printf 'date %s\tEncounter?date=%s%s&_count=20\n' "$prefix" "$prefix" "$day"
  done
done

each "token" "Observation?category" "laboratory vital-signs survey http://terminology.hl7.org/CodeSystem/observation-category|laboratory laboratory,vital-signs NON-EXISTS"
each "token" "Observation?code" "8302-2 29463-7 8480-6 8462-4 8867-4 39156-5 72514-3 718-7 http://loinc.org|8302-2 http://loinc.org|718-7 8302-2,29463-7 8867-4,72514-3,718-7"
each "token" "Encounter?status" "finished in-progress planned finished,planned NON-EXISTS"
each "token" "Encounter?class" "AMB EMER IMP HH OBSENC WELLNESS http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB"

for name in value-quantity component-value-quantity combo-value-quantity; do
  for prefix in "" eq lt gt ge le; do
    for value in 170 80 30 100 140 200 99999; do printf 'quantity\tObservation?%s=%s%s&_count=20\n' "$name" "$prefix" "$value"; done
  done
done

for prefix in "" gt lt ge le; do
  printf 'composite\tObservation?code-value-quantity=%s&_count=20\n' "8867-4\$${prefix}100" "http://loinc.org|8302-2\$${prefix}170" "29463-7\$${prefix}80"
  printf 'composite\tObservation?component-code-value-quantity=%s&_count=20\n' "8480-6\$${prefix}140" "8462-4\$${prefix}80"
  printf 'composite\tObservation?combo-code-value-quantity=%s&_count=20\n' "8480-6\$${prefix}120" "8867-4\$${prefix}100"
done

each "reference" "Observation?subject" "Patient/{patient}"
each "reference" "Observation?encounter" "Encounter/{encounter}"
each "reference" "Observation?performer" "Practitioner/{practitioner}"
each "reference" "Encounter?subject" "Patient/{patient}"
each "reference" "Encounter?participant" "Practitioner/{practitioner}"
each "reference" "MedicationRequest?subject" "Patient/{patient}"
each "reference" "MedicationRequest?encounter" "Encounter/{encounter}"
each "reference" "MedicationRequest?requester" "Practitioner/{practitioner}"

# One class each: a query that is slow hides among many that are not.
while read -r query; do printf '%s\t%s\n' "$query" "$query"; done <<'QUERIES'
metadata
Observation?_count=10
Observation?_count=1&_total=accurate
Observation?code=http://loinc.org|8480-6&_total=accurate
Observation?combo-code=http://loinc.org|8480-6
Patient?gender=male&_count=5&_total=accurate
Patient?family=S
Patient?given=A
Patient?gender=female&family=B
Observation?code=http://loinc.org|8302-2&_total=accurate
Observation?code=http://loinc.org|29463-7&_total=accurate
Observation?code=http://loinc.org|72514-3&_total=accurate
Observation?date=ge2020-01-01&_count=5
Patient/{patient}
Observation?patient=Patient/{patient}&_count=20
Condition?patient=Patient/{patient}
Condition?code=http://snomed.info/sct|38341003
Procedure?code=http://snomed.info/sct|430193006
Encounter?patient=Patient/{patient}
MedicationRequest?patient=Patient/{patient}
Encounter?participant=Practitioner/{practitioner}
Encounter?location=Location/{location}
Patient?_content=Smith
Observation?_content=blood
Condition?_content=hypertension
Patient?_text=Smith
Condition?code:text=hypertensive
Observation?code=8302-2&_summary=count
Observation?subject:Patient.gender=female&_count=20
Observation?date=ge2010&_sort=date&_count=20
Observation?date=ge2010&_sort=-date&_count=20
Observation?date=ge2010-01-01&date=lt2011-01-01&_count=20
Patient?_has:Observation:patient:code=8302-2&_count=20
Encounter?_include=Encounter:patient&_count=20
Patient?_revinclude=Condition:patient&_count=5
QUERIES
