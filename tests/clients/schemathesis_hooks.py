"""A check for schemathesis: a body has a media type that the document names. Answers without a body need none."""

import schemathesis
from schemathesis.specs.openapi.checks import content_type_conformance


@schemathesis.check
def content_type_of_bodies(ctx, response, case):
    return content_type_conformance(ctx, response, case) if response.content else None
