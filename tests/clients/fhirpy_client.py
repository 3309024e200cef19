"""What a program does with fhirpy: python fhirpy_client.py BASE. Fails at the first step that does not do what it should."""

import sys

from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

SYSTEM = "http://example.org/fhirpy"


def patient(family, value):
    return {"name": [{"family": family, "given": ["Ada"]}], "identifier": [{"system": SYSTEM, "value": value}]}


def refused(error, call):
    """Checks that the call is refused so, and returns what the server says."""
    try:
        call()
    except error as refusal:
        return str(refusal)
    raise AssertionError(f"{error.__name__} was expected")


def create_and_read(client):
    created = client.resource("Patient", **patient("Lovelace", "1"))
    created.save()
    assert created.id and created.meta.versionId == "1"
    read = client.reference("Patient", created.id).to_resource()
    assert read.name[0].family == "Lovelace"
    refused(OperationOutcome, lambda: client.resource("Patient", gender="unheard-of").save())
    refused(ResourceNotFound, lambda: client.reference("Patient", "none").to_resource())
    return created


def search_and_page(client):
    for number in range(7):
        client.resource("Patient", **patient("Paged", f"page-{number}")).save()
    paged = client.resources("Patient").search(family="Paged").sort("identifier").limit(3)
    assert len(paged.fetch()) == 3
    values = [found.identifier[0].value for found in paged]
    assert values == [f"page-{number}" for number in range(7)], values
    # fhirpy counts with a parameter of its own besides _count=0, which a strict server refuses.
    lenient = SyncFHIRClient(client.url, extra_headers={"Prefer": "handling=lenient"})
    assert lenient.resources("Patient").search(family="Paged").count() == 7
    found = client.resources("Patient").search(identifier=f"{SYSTEM}|page-4").get()
    assert found.identifier[0].value == "page-4"


def update_with_conflict(client, created):
    created["birthDate"] = "1815-12-10"
    created.save()
    assert created.meta.versionId == "2"
    late = SyncFHIRClient(client.url, extra_headers={"If-Match": 'W/"1"'})
    stale = late.reference("Patient", created.id).to_resource()
    stale["birthDate"] = "1900-01-01"
    # fhirpy names every 412 so.
    text = refused(MultipleResourcesFound, stale.save)
    assert "version 2" in text, text
    assert client.reference("Patient", created.id).to_resource().birthDate == "1815-12-10"


def patch(client, created):
    operation = {
        "name": "operation",
        "part": [
            {"name": "type", "valueCode": "replace"},
            {"name": "path", "valueString": "Patient.birthDate"},
            {"name": "value", "valueDate": "1815-12-11"},
        ],
    }
    parameters = {"resourceType": "Parameters", "parameter": [operation]}
    patched = client.execute(f"Patient/{created.id}", method="patch", data=parameters)
    assert patched.birthDate == "1815-12-11" and patched.meta.versionId == "3"


def conditional(client):
    search = client.resources("Patient").search(identifier=f"{SYSTEM}|conditional")
    first, is_new = search.update(client.resource("Patient", **patient("First", "conditional")))
    assert is_new
    second, is_new = search.update(client.resource("Patient", **patient("Second", "conditional")))
    assert not is_new and second.id == first.id
    search.delete()
    assert search.fetch() == []


def transaction(client):
    urn = "urn:uuid:5b0f9a54-8a3d-4c7e-9d3e-0d0a3c7f1b11"
    entries = [
        {
            "fullUrl": urn,
            "resource": {"resourceType": "Patient", **patient("Transaction", "t")},
            "request": {"method": "POST", "url": "Patient"},
        },
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": "weight"},
                "subject": {"reference": urn},
            },
            "request": {"method": "POST", "url": "Observation"},
        },
    ]
    bundle = client.resource("Bundle", type="transaction", entry=entries)
    answer = client.execute("", data=bundle.serialize())
    assert [entry.response.status[:3] for entry in answer.entry] == ["201", "201"]
    observations = client.resources("Observation").include("Observation", "subject").fetch_raw()
    assert [entry.search.mode for entry in observations.entry] == ["match", "include"]
    entries[1]["resource"]["status"] = "unheard-of"
    refused(OperationOutcome, lambda: client.execute("", data=client.resource("Bundle", type="transaction", entry=entries)))
    assert len(client.resources("Patient").search(family="Transaction").fetch()) == 1


def delete(client, created):
    created.delete()
    refused(ResourceNotFound, lambda: client.reference("Patient", created.id).to_resource())
    assert client.resources("Patient").search(_id=created.id).fetch() == []


def main(base):
    client = SyncFHIRClient(base)
    statement = client.execute("metadata", method="get")
    assert statement.fhirVersion == "4.0.1"
    created = create_and_read(client)
    search_and_page(client)
    update_with_conflict(client, created)
    patch(client, created)
    conditional(client)
    transaction(client)
    delete(client, created)
    print("fhirpy: capabilities, create, read, search, pages, conflict, patch, conditional, transaction, delete")


main(sys.argv[1])
