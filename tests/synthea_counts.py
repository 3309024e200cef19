#!/usr/bin/env python3
"""How many resources of the Synthea bundles each of some searches must find.

Reads the rules of R4 search straight off the JSON, with nothing of the server's: neither its code nor its search parameters.

    python3 tests/synthea_counts.py ../shared/synthea > tests/synthea-counts.txt
"""

import bz2
import json
import sys
import unicodedata
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
FOREVER = (datetime.min.replace(tzinfo=timezone.utc), datetime.max.replace(tzinfo=timezone.utc))


class Data:
    """All resources, by type, with references resolved as the transactions resolve them."""

    def __init__(self, folder):
        self.types, self.by_url, self.by_identifier = defaultdict(list), {}, {}
        for file in sorted(Path(folder).glob("*.json.bz2")):
            for entry in json.loads(bz2.open(file).read())["entry"]:
                resource = entry["resource"]
                kind = resource["resourceType"]
                self.types[kind].append(resource)
                self.by_url[entry["fullUrl"]] = resource
                for identifier in resource.get("identifier", []):
                    key = f"{kind}?identifier={identifier.get('system')}|{identifier.get('value')}"
                    self.by_identifier[key] = resource

    def target(self, reference):
        """The resource that a Reference points to."""
        text = (reference or {}).get("reference")
        return self.by_url.get(text) or self.by_identifier.get(text)

    def count(self, kind, holds):
        return sum(1 for resource in self.types[kind] if holds(resource))


def period(value):
    """First moment, and first moment after, of a date, dateTime or Period; open ends go on for ever."""
    if isinstance(value, dict):
        start = period(value["start"])[0] if "start" in value else FOREVER[0]
        end = period(value["end"])[1] if "end" in value else FOREVER[1]
        return start, end
    if "T" in value:
        start = datetime.fromisoformat(value)
        exact = timedelta(milliseconds=1) if "." in value else timedelta(seconds=1)
        return start.astimezone(timezone.utc), (start + exact).astimezone(timezone.utc)
    parts = [int(part) for part in value.split("-")]
    start = datetime(*(parts + [1, 1])[:3], tzinfo=timezone.utc)
    if len(parts) == 3:
        return start, start + timedelta(days=1)
    years, months = (1, 0) if len(parts) == 1 else divmod(parts[1], 12)
    return start, start.replace(year=parts[0] + years, month=1 if len(parts) == 1 else months + 1)


def date(prefix, search, *values):
    """Whether one of the dates fits."""
    low, high = period(search)
    tests = {
        "eq": lambda a, b: low <= a and b <= high,
        "gt": lambda a, b: b > high,
        "lt": lambda a, b: a < low,
        "ge": lambda a, b: b > high or (low <= a and b <= high),
        "le": lambda a, b: a < low or (low <= a and b <= high),
        "sa": lambda a, b: a >= high,
        "eb": lambda a, b: b <= low,
    }
    return any(tests[prefix](*period(value)) for value in values if value)


def coded(concept, *wanted, system=None):
    """Whether a CodeableConcept, or a list of them, has one of the codes."""
    concepts = concept if isinstance(concept, list) else [concept or {}]
    codings = [coding for one in concepts for coding in one.get("coding", [])]
    return any(c.get("code") in wanted and system in (None, c.get("system")) for c in codings)


def folded(text):
    """Without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def name_parts(name):
    single = [name[key] for key in ("family", "text") if key in name]
    return single + [part for key in ("given", "prefix", "suffix") for part in name.get(key, [])]


def main():
    data = Data(sys.argv[1])
    target = data.target
    effective = lambda o: (o.get("effectiveDateTime"), o.get("effectivePeriod"), o.get("effectiveInstant"))
    performed = lambda p: (p.get("performedDateTime"), p.get("performedPeriod"))
    quantity = lambda o: o.get("valueQuantity", {})
    pointing = lambda kind, element, holds: {id(target(r.get(element))) for r in data.types[kind] if holds(r)}
    diabetic = pointing("Condition", "subject", lambda c: coded(c["code"], "44054006", system=SNOMED))
    of_bronchitis = pointing("Condition", "encounter", lambda c: coded(c["code"], "10509002"))
    seen_for_it = pointing("Encounter", "subject", lambda e: id(e) in of_bronchitis)
    centimetres = {"cm": 0.01, "m": 1.0}

    def provider_begins(resource, text):
        encounter = target(resource.get("encounter")) or {}
        provider = target(encounter.get("serviceProvider")) or {}
        return folded(provider.get("name", "")).startswith(text)

    def systolic_above(observation, limit):
        return any(
            coded(part["code"], "8480-6", system=LOINC) and quantity(part).get("value", 0) > limit
            for part in observation.get("component", [])
        )

    searches = {
        "Observation?date=2020": lambda r: date("eq", "2020", *effective(r)),
        "Observation?date=ge2010": lambda r: date("ge", "2010", *effective(r)),
        "Observation?subject:Patient.gender=female": lambda r: (target(r["subject"]) or {}).get("gender") == "female",
        "Observation?code=http://loinc.org|8302-2": lambda r: coded(r["code"], "8302-2", system=LOINC),
        "Observation?code=8302-2,29463-7&date=sa2019": lambda r: coded(r["code"], "8302-2", "29463-7")
        and date("sa", "2019", *effective(r)),
        "Observation?value-quantity=gt30|http://unitsofmeasure.org|kg/m2": lambda r: quantity(r).get("value", 0) > 30
        and quantity(r).get("system") == UCUM
        and quantity(r).get("code") == "kg/m2",
        "Observation?value-quantity=gt1.7005|http://unitsofmeasure.org|m": lambda r: quantity(r).get("system") == UCUM
        and quantity(r).get("code") in centimetres
        and quantity(r)["value"] * centimetres[quantity(r)["code"]] > 1.7005,
        "Observation?component-code-value-quantity=http://loinc.org|8480-6$gt140": lambda r: systolic_above(r, 140),
        "Observation?encounter:Encounter.service-provider:Organization.name=mount": lambda r: provider_begins(r, "mount"),
        "Patient?name:contains=an": lambda r: any("an" in folded(part) for name in r["name"] for part in name_parts(name)),
        "Patient?address-city=bo": lambda r: any(folded(a.get("city", "")).startswith("bo") for a in r["address"]),
        "Patient?birthdate=lt1950": lambda r: date("lt", "1950", r["birthDate"]),
        "Patient?death-date:missing=true": lambda r: "deceasedDateTime" not in r,
        "Patient?_has:Condition:patient:code=http://snomed.info/sct|44054006": lambda r: id(r) in diabetic,
        "Patient?_has:Encounter:patient:_has:Condition:encounter:code=10509002": lambda r: id(r) in seen_for_it,
        "Condition?abatement-date:missing=true": lambda r: not any(key in r for key in ("abatementDateTime", "abatementPeriod")),
        "Condition?clinical-status:not=active": lambda r: not coded(r.get("clinicalStatus"), "active"),
        "Encounter?class:not=AMB": lambda r: r["class"]["code"] != "AMB",
        "Encounter?class=EMER,IMP": lambda r: r["class"]["code"] in ("EMER", "IMP"),
        "Encounter?date=2020-03": lambda r: date("eq", "2020-03", r["period"]),
        "CarePlan?date=ge2015&date=le2015": lambda r: date("ge", "2015", r["period"]) and date("le", "2015", r["period"]),
        "Procedure?date=eb2000-06": lambda r: date("eb", "2000-06", *performed(r)),
        "MedicationRequest?status=active&authoredon=ge2015": lambda r: r["status"] == "active"
        and date("ge", "2015", r.get("authoredOn")),
    }
    for search, holds in searches.items():
        print(data.count(search.split("?")[0], holds), search, sep="\t")


if __name__ == "__main__":
    main()
