"""schemathesis on the OpenAPI document of a running mall: what fails is exactly what api_explained.toml explains.

A failure is known by the check that failed and by what the mall said: the problem's code, and the fields at fault. A
failure that is not explained fails the run; so does an explanation that explains nothing any more.
"""

import argparse
import base64
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).parent
SEED = "20261126"
EXAMPLES = "25"
# The live stream never ends. In an open mall the first token would close it to the test itself. A simulation changes the mall
# for as long as it likes, beside everything else that is tried: what one may ask for is tried in tests/it/lab.rs.
UNTESTED = {
    "open": ["--exclude-path", "/api/v1/events/stream", "--exclude-operation-id", "create_token",
             "--exclude-operation-id", "start_simulation"],
    "admin": ["--exclude-path", "/api/v1/events/stream", "--exclude-operation-id", "start_simulation"],
    "nobody": ["--exclude-path", "/api/v1/events/stream"],
}


def run(url, mode, token, report):
    command = [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", f"{url}/openapi.json",
               "--phases", "examples,coverage,fuzzing,stateful", "--seed", SEED, "--max-examples", EXAMPLES,
               "--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "20",
               "--report", "ndjson", "--report-ndjson-path", str(report), "--no-color", *UNTESTED[mode]]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=report.parent)
    if done.returncode not in (0, 1) or "errors in" in done.stdout:
        sys.exit(f"schemathesis itself failed:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def said(interaction):
    """What the mall answered, without what differs from run to run."""
    response = (interaction or {}).get("response")
    if not response:
        return "no answer"
    status = response["status_code"]
    if status < 400:
        return str(status)
    content = base64.b64decode(response.get("content", {}).get("$base64", ""))
    try:
        problem = json.loads(content)
        fields = {f"{re.sub(r'[0-9]+', 'N', error['pointer'])} {error['code']}" for error in problem.get("errors", [])}
        return ", ".join([problem["code"], *sorted(fields)])
    except (ValueError, KeyError, TypeError):
        return f"{status} without a problem"


def failures(report):
    """(check, what was said) -> the operations it happened to, with one case of each; and how many cases there were."""
    found, cases = collections.defaultdict(dict), 0
    for line in report.read_text().splitlines():
        scenario = json.loads(line).get("ScenarioFinished")
        if not scenario:
            continue
        recorder = scenario["recorder"]
        cases += len(recorder.get("cases", {}))
        for case_id, checks in recorder.get("checks", {}).items():
            for check in checks:
                if check["status"] != "success":
                    case = recorder["cases"][case_id]["value"]
                    operation = check["failure_info"]["failure"].get("operation") or f"{case['method']} {case['path']}"
                    words = said(recorder.get("interactions", {}).get(case_id))
                    found[check["name"], words].setdefault(operation, json.dumps(case)[:600])
    return found, cases


def explains(entry, mode, check, words):
    return mode in entry["modes"] and check == entry["check"] and re.fullmatch(entry["said"], words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--mode", required=True, choices=UNTESTED)
    parser.add_argument("--token")
    asked = parser.parse_args()
    entries = tomllib.loads((HERE / "api_explained.toml").read_text())["explained"]
    with tempfile.TemporaryDirectory() as directory:
        report = pathlib.Path(directory) / "report.ndjson"
        run(asked.url, asked.mode, asked.token, report)
        found, cases = failures(report)
    if cases < 1_000:
        sys.exit(f"only {cases} cases were tried")
    used, wrong = set(), []
    for (check, words), operations in sorted(found.items()):
        matching = [number for number, entry in enumerate(entries) if explains(entry, asked.mode, check, words)]
        used.update(matching)
        if not matching:
            wrong += [f"not explained: {check} said {words!r}: {at}: {case}" for at, case in sorted(operations.items())]
    for number, entry in enumerate(entries):
        if asked.mode in entry["modes"] and number not in used:
            wrong.append(f"explains nothing any more: {entry['check']} {entry['said']!r}")
    print(f"as {asked.mode}: {cases} cases, {len(found)} kinds of failures, {len(used)} explanations")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
