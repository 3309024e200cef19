#!/usr/bin/env python3
"""One large transaction: time and peak memory, and that a bad last entry leaves nothing.

    bench/transaction.py [ENTRIES]

starts WESTWAY_BIN (default target/release/westway) on an empty folder, posts a Bundle of ENTRIES entries (default 50,000, about 90 MB), reads the
peak of the process's memory from /proc, and asks the server what is there. Then the same on another empty folder with a last entry that is
not valid: nothing may be stored. It needs Linux and Python 3, nothing else. Everything it makes is in temporary folders.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

PORT = int(os.environ.get("BENCH_PORT", "18081"))
BASE = f"http://127.0.0.1:{PORT}/fhir"
BINARY = os.environ.get("WESTWAY_BIN", str(pathlib.Path(__file__).parent.parent / "target/release/westway"))
# Members of a patient's record in the Bundle, the patient among them.
RECORD = 10
NARRATIVE = "<p>Measured at home in the morning, sitting, after five minutes of rest; told by telephone and written down.</p>" * 10


def patient(number, urn):
    resource = {
        "resourceType": "Patient",
        "identifier": [{"system": "http://example.org/transaction", "value": str(number)}],
        "name": [{"family": f"Family{number % 997}", "given": ["Ada", "Mary"]}],
        "gender": "female",
        "birthDate": f"19{number % 90 + 10}-0{number % 9 + 1}-1{number % 10}",
        "address": [{"line": [f"{number} Harrow Road"], "city": "London", "postalCode": "NW10 5QA"}],
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{NARRATIVE}</div>'},
    }
    return {"fullUrl": urn, "resource": resource, "request": {"method": "POST", "url": "Patient"}}


def observation(number, subject):
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "271649006", "display": "Systolic blood pressure"}]},
        "subject": {"reference": subject},
        "effectiveDateTime": f"2026-0{number % 9 + 1}-0{number % 7 + 1}T0{number % 8 + 1}:15:00Z",
        "valueQuantity": {"value": 90 + number % 80, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{NARRATIVE}</div>'},
    }
    return {"fullUrl": uuid.uuid4().urn, "resource": resource, "request": {"method": "POST", "url": "Observation"}}


def bundle(entries, is_bad):
    made = []
    subject = ""
    for number in range(entries):
        if number % RECORD == 0:
            subject = uuid.uuid4().urn
            made.append(patient(number, subject))
        else:
            made.append(observation(number, subject))
    if is_bad:
        made[-1]["resource"]["status"] = "unheard-of"
        made[-1]["resource"]["gender"] = "unheard-of"
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": made}).encode()


def ask(path, body=None):
    """Status and text of the answer."""
    headers = {"Content-Type": "application/fhir+json"} if body else {}
    request = urllib.request.Request(f"{BASE}{path}", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=1800) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def megabytes(process, name):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


def start(folder):
    listen = ["--listen", f"127.0.0.1:{PORT}", "--data-dir", folder, "--profiles", "base", "--log", "warn"]
    process = subprocess.Popen([BINARY, "serve", *listen], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("Westway listens"):
            return process
    sys.exit("the server did not start")


def measure(entries, is_bad):
    body = bundle(entries, is_bad)
    with tempfile.TemporaryDirectory() as folder:
        process = start(folder)
        try:
            idle = megabytes(process, "VmHWM")
            begun = time.monotonic()
            status, text = ask("", body)
            seconds = time.monotonic() - begun
            peak = megabytes(process, "VmHWM")
            total = json.loads(ask("/_history?_count=1")[1])["total"]
        finally:
            process.terminate()
            process.wait()
    size = len(body) / 1024 / 1024
    print(
        f"{'bad last entry' if is_bad else 'all good'}: {entries} entries, {size:.1f} MiB, status {status} in {seconds:.1f} s, "
        f"peak {peak:.0f} MiB (idle {idle:.0f}; {(peak - idle) / size:.1f} x the body), {total} versions stored"
    )
    if is_bad:
        assert status == 400 and total == 0, text[:2000]
        assert f"Bundle.entry[{entries - 1}]".encode() in text, text[:2000]
    else:
        assert status == 200 and total == entries, text[:2000]


def main():
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    measure(entries, is_bad=False)
    measure(entries, is_bad=True)


if __name__ == "__main__":
    main()
