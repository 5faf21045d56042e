"""What `/asyncapi.yaml` says of messages, as a judge of real ones."""

import datetime
import re
import uuid

import yaml
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

FORMATS = FormatChecker(formats=())
ADDRESS = "urn:asyncapi"


@FORMATS.checks("date-time", raises=ValueError)
def _is_time(text):
    return not isinstance(text, str) or datetime.datetime.fromisoformat(text).tzinfo is not None


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(text):
    return not isinstance(text, str) or str(uuid.UUID(text)) == text


class Contract:
    """The messages of an AsyncAPI document."""

    def __init__(self, text):
        document = yaml.safe_load(text)
        self.document = document
        resource = Resource.from_contents(_strict(document), default_specification=DRAFT7)
        self.registry = Registry().with_resource(ADDRESS, resource)
        self.subjects = {}
        for channel in document["channels"].values():
            pattern = _pattern(channel)
            for message in channel["messages"].values():
                self.subjects.setdefault(message["$ref"].rsplit("/", 1)[1], []).append(pattern)

    def messages(self, tag):
        """The names of the messages with this tag."""
        messages = self.document["components"]["messages"]
        return {name for name, told in messages.items() if {"name": tag} in told.get("tags", [])}

    def judge(self, name, subject, headers, payload):
        """Raises unless a message is what the document says of its name."""
        if name not in self.document["components"]["messages"]:
            raise AssertionError(f"{name} is not in the document")
        if subject is not None and not any(pattern.fullmatch(subject) for pattern in self.subjects[name]):
            raise AssertionError(f"{name} was sent to {subject}")
        self._check(f"{name}/payload", payload)
        if headers is not None:
            self._check(f"{name}/headers", headers)

    def _check(self, part, value):
        schema = {"$ref": f"{ADDRESS}#/components/messages/{part}"}
        errors = Draft7Validator(schema, registry=self.registry, format_checker=FORMATS).iter_errors(value)
        told = [f"{error.json_path}: {error.message}" for error in errors]
        if told:
            raise AssertionError(f"{part}: {'; '.join(told)} in {value}")


def _pattern(channel):
    """A channel's address as an expression for subjects."""
    address = re.escape(channel["address"]).replace(r"\{", "{").replace(r"\}", "}")
    for name, parameter in channel.get("parameters", {}).items():
        allowed = "|".join(map(re.escape, parameter["enum"])) if "enum" in parameter else r"[0-9a-f-]{36}"
        address = address.replace(f"{{{re.escape(name)}}}", f"({allowed})")
    return re.compile(address)


def _strict(document):
    """The document with every payload closed: readers must ignore unknown fields, but this Plaza must not write any."""
    schemas = document["components"]["schemas"]
    # Headers stay open: the relay and the broker add their own (`Nats-Expected-Last-Sequence`).
    closed = {name: schema if name.endswith("Headers") else _closed(schema) for name, schema in schemas.items()}
    return document | {"components": document["components"] | {"schemas": closed}}


def _closed(node):
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    is_variant = "oneOf" in node or "allOf" in node or "anyOf" in node
    if node.get("type") == "object" and not is_variant:
        closed.setdefault("additionalProperties", False)
    return closed
