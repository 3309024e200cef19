"""Compares XML files as infosets: python infoset.py FOLDER OTHER. Names, namespaces, attributes, text and their order count; comments,
prefixes, and white space between the elements of FHIR do not. Prints the files that differ, and how many do not."""

import pathlib
import sys
import xml.etree.ElementTree as ET

FHIR = "{http://hl7.org/fhir}"
SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"


def infoset(element, outer=FHIR, is_sorted=False):
    """The element as nested tuples."""
    text = element.text or ""
    inner = [infoset(child, element.tag, is_sorted) for child in element]
    tail = element.tail or ""
    if element.tag.startswith(FHIR) and not text.strip():
        text = ""
    if outer.startswith(FHIR) and not tail.strip():
        tail = ""
    attributes = tuple(sorted((name, value) for name, value in element.attrib.items() if not name.startswith(SCHEMA)))
    return (element.tag, attributes, text, tail, tuple(sorted(inner) if is_sorted else inner))


def main(folder, other):
    equal = 0
    for path in sorted(pathlib.Path(other).glob("*.xml")):
        given = ET.parse(pathlib.Path(folder) / path.name).getroot()
        written = ET.parse(path).getroot()
        if infoset(given) == infoset(written):
            equal += 1
        elif infoset(given, is_sorted=True) == infoset(written, is_sorted=True):
            print(f"{path.name}: in another order")
        else:
            print(f"{path.name}: different")
    print(f"{equal} equal")


main(*sys.argv[1:3])
