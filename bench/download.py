"""Follows the `next` links of searches to the end and prints how many resources came in a second.

    download.py BASE_URL QUERY...
"""

import http.client
import sys
import time
import urllib.parse

PAGES = 200


def download(base: str, query: str) -> tuple[int, float]:
    """Matches and seconds, of up to PAGES pages."""
    url = urllib.parse.urlsplit(f"{base}/{query}")
    connection = http.client.HTTPConnection(url.netloc)
    path, matches, begun = f"{url.path}?{url.query}", 0, time.perf_counter()
    for _ in range(PAGES):
        connection.request("GET", path)
        body = connection.getresponse().read()
        matches += body.count(b'"search":{"mode":"match"}')
        # The links stand before the entries: parsing the bodies would measure Python.
        link = body[: body.find(b'"entry"')].split(b'"relation":"next","url":"')
        if len(link) < 2:
            break
        following = urllib.parse.urlsplit(link[1].split(b'"')[0].decode())
        path = f"{following.path}?{following.query}"
    return matches, time.perf_counter() - begun


def main(base: str, *queries: str) -> None:
    print("| download of all pages | matches | resources/s |\n|---|---|---|")
    for query in queries:
        matches, seconds = download(base, query)
        print(f"| `{query}` | {matches} | {matches / seconds:.0f} |")


main(*sys.argv[1:])
