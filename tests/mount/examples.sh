#!/usr/bin/env python3
"""examples: every example of mnt-examples/ mounted, its values as real Nix gave them (tests/examples/).

Each flake of tests/examples/table is mounted in a copy that is a git repository of its own. A value is read as users
read it: a scalar as its file, a list of scalars one element a line, a set as a folder, a derivation by its name and
drvPath. What failed in Nix must fail here, with the message in `.N.error`.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLAKEFS = os.environ.get("FLAKEFS", os.path.join(TOP, "build", "flakefs"))
GOLDEN = os.path.join(TOP, "tests", "examples")
CLASSES = {"nixos": ("hosts", ""), "plain": ("hosts", ""), "home": ("homes", "home."), "darwin": ("darwin", "darwin.")}

failures = []


def fail(what, wanted, got):
    failures.append(what)
    print(f"FAIL {what}\n  wanted {str(wanted)[:300]}\n  got    {str(got)[:300]}")


def encode(name):
    """A name as the tree's contract encodes it."""
    text = "".join(f"%{ord(c):02X}" if c in "%/" or ord(c) < 32 or ord(c) == 127 else c for c in name)
    return {"": "%", ".": "%2E", "..": "%2E."}.get(text, text)


def split(option):
    """nix.settings."a.b".c -> its names."""
    names, part, quoted = [], "", False
    for c in option:
        if c == '"':
            quoted = not quoted
        elif c == "." and not quoted:
            names.append(part)
            part = ""
        else:
            part += c
    return names + [part]


def read(path):
    """A file's text, or the error."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError as error:
        return error


def scalar(value):
    """A scalar as its file reads, without the newline at the end."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def line(value):
    text = scalar(value)
    return text if text.endswith("\n") else text + "\n"


def is_derivation(value):
    return isinstance(value, dict) and value.get("type") == "derivation" and "drvPath" in value


def compare(what, path, value):
    """Does the tree at path show the value?"""
    if is_derivation(value):
        for name in ("name", "drvPath"):
            if read(f"{path}/{name}") != line(value[name]):
                fail(f"{what}/{name}", value[name], read(f"{path}/{name}"))
    elif isinstance(value, dict):
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            fail(what, value, error)
            return
        if names != sorted(map(encode, value)):
            fail(f"ls {what}", sorted(map(encode, value)), names)
        for name, member in value.items():
            compare(f"{what}/{name}", f"{path}/{encode(name)}", member)
    elif isinstance(value, list) and any(isinstance(x, (dict, list)) for x in value):
        for i, member in enumerate(value):
            compare(f"{what}/{i}", f"{path}/{i}", member)
    else:
        wanted = "".join(map(line, value)) if isinstance(value, list) else line(value)
        got = read(path)
        # The golden files tell of the examples' own tree by relative paths.
        plain = re.sub(r"/nix/store/[0-9a-z]{32}-source/", "", str(got))
        if got != wanted and plain != wanted:
            fail(what, repr(wanted), repr(got))


def check_host(what, folder, golden):
    if "error" in golden:
        text = read(f"{folder}/options/networking/hostName")
        if not isinstance(text, OSError):
            fail(what, golden["error"], text)
        text = read(f"{folder}/.options.error")
        if golden["error"].split("'")[0].strip() not in str(text):
            fail(f"{what} .error", golden["error"], text)
        return
    for option, value in golden["values"].items():
        path = "/".join(map(encode, split(option)))
        compare(f"{what} {option}", f"{folder}/options/{path}", value)
    for option in golden["errors"]:
        path = "/".join(map(encode, split(option)))
        if not isinstance(read(f"{folder}/options/{path}"), OSError):
            fail(f"{what} {option}", "an error", read(f"{folder}/options/{path}"))
    for name in ("warnings", "assertions"):
        if isinstance(read(f"{folder}/{name}"), OSError):
            fail(f"{what} {name}", "text", read(f"{folder}/{name}"))


def mounted(repository, mountpoint, options):
    os.makedirs(mountpoint, exist_ok=True)
    subprocess.run([FLAKEFS, repository, mountpoint] + options, check=True, timeout=60)


def unmount(mountpoint):
    for _ in range(50):
        if subprocess.run(["fusermount3", "-u", mountpoint], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["fusermount3", "-uz", mountpoint], check=False)


def check_example(name, kinds, repository, mountpoint):
    """All hosts of one example; returns how many there were."""
    count = 0
    for kind in kinds:
        top, prefix = CLASSES[kind]
        start = f"{name}.{prefix}"
        for file in sorted(os.listdir(GOLDEN)):
            if not file.startswith(start) or not file.endswith(".json"):
                continue
            host = file[len(start):-len(".json")]
            if not prefix and host.startswith(("home.", "darwin.")):
                continue
            with open(os.path.join(GOLDEN, file), encoding="utf-8") as golden:
                check_host(f"{name} {host}:", f"{mountpoint}/{top}/{encode(host)}", json.load(golden))
            count += 1
    return count


def main():
    if not os.access("/dev/fuse", os.W_OK) or not shutil.which("fusermount3"):
        print("skipped: no FUSE here")
        sys.exit(77)
    work = tempfile.mkdtemp(prefix="flakefs-examples.")
    mountpoint = os.path.join(work, "mnt")
    repository = os.path.join(work, "repo")
    os.environ["XDG_CACHE_HOME"] = os.path.join(work, "cache")
    shutil.copytree(os.path.join(TOP, "mnt-examples"), repository, symlinks=True)
    git = ["git", "-C", repository, "-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run(git + ["init", "-q", "-b", "main"], check=True)
    subprocess.run(git + ["add", "-A"], check=True)
    subprocess.run(git + ["commit", "-q", "-m", "examples"], check=True)
    rows = {}
    with open(os.path.join(GOLDEN, "table"), encoding="utf-8") as table:
        for text in table:
            if text.strip() and not text.startswith("#"):
                name, folder, kind = text.split()[:3]
                rows.setdefault((name, folder), []).append(kind)
    only = shlex.split(os.environ.get("EXAMPLES", ""))
    count = 0
    try:
        for (name, folder), kinds in rows.items():
            if only and name not in only:
                continue
            options = ["-o", f"nixpkgs={repository}/nixpkgs"] if "plain" in kinds else []
            mounted(os.path.join(repository, folder), mountpoint, options)
            try:
                count += check_example(name, kinds, repository, mountpoint)
            finally:
                unmount(mountpoint)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{count} hosts, {len(failures)} failures")
    sys.exit(bool(failures) or not count)


if __name__ == "__main__":
    main()
