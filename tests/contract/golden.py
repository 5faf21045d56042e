"""Judges the golden files of version 1 by the committed schemas: golden.py <repository>."""

import json
import sys
from pathlib import Path

from contract import FORMATS
from jsonschema import Draft202012Validator

root = Path(sys.argv[1])
checked = 0
for path in sorted((root / "schemas").glob("plaza.*.v1.json")):
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema, format_checker=FORMATS)
    golden = root / "tests/data/golden/v1" / f"{path.name.removeprefix('plaza.').removesuffix('.v1.json')}.json"
    for payload in json.loads(golden.read_text()):
        # The schema says what is written now; a field that came later has a default for those who wrote before.
        defaults = {name: told["default"] for name, told in schema.get("properties", {}).items() if "default" in told}
        for error in judge.iter_errors(defaults | payload):
            sys.exit(f"{golden}: {error.json_path}: {error.message}")
        checked += 1
assert checked > 60, f"only {checked} payloads: the golden files are gone"
print(f"{checked} golden payloads are what the committed schemas say")
