"""Reads lines `class<tab>path` and writes the paths of each class to a file, with `{patient}` and the like replaced by ids that
the server has. The file `classes` names the files and their classes in order.

    search_paths.py BASE_URL FOLDER
"""

import itertools
import json
import sys
import urllib.parse
import urllib.request

SAMPLES = 50


def sample(base: str, kind: str) -> list[str]:
    """Ids of resources of a type."""
    with urllib.request.urlopen(f"{base}/{kind}?_count={SAMPLES}") as answer:
        return [entry["resource"]["id"] for entry in json.load(answer).get("entry", [])]


def main(base: str, folder: str) -> None:
    root = urllib.parse.urlsplit(base).path
    ids = {kind.lower(): sample(base, kind) for kind in ["Patient", "Encounter", "Practitioner", "Location"]}
    lines = [line.rstrip("\n").split("\t") for line in sys.stdin]
    with open(f"{folder}/classes", "w") as classes:
        for number, (name, group) in enumerate(itertools.groupby(sorted(lines, key=lambda line: line[0]), lambda line: line[0])):
            print(f"paths-{number}", name.strip(), sep="\t", file=classes)
            with open(f"{folder}/paths-{number}", "w") as paths:
                for _, path in group:
                    for place in expanded(path, ids):
                        print(f"{root}/{urllib.parse.quote(place, safe='/?&=:,$_.-+')}", file=paths)


def expanded(path: str, ids: dict[str, list[str]]) -> list[str]:
    """The path, once for each id that can stand in it."""
    for kind, known in ids.items():
        if f"{{{kind}}}" in path:
            return [path.replace(f"{{{kind}}}", one) for one in known]
    return [path]


main(*sys.argv[1:])
