#!/usr/bin/env python3
"""toggles: every switch of a profile can be written.

Each Boolean below toggles/profiles of a host of the example omarchy is written once, the other way round. That makes one
commit that touches the host's own file alone, or is refused because an assertion of the configuration would fail; in the
end Nix's rules still hold (the file parses, every switch has the value that was written) and the repository is sound.

HOSTS="ares web-server" takes other hosts than ares.
"""
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLAKEFS = os.environ.get("FLAKEFS", os.path.join(TOP, "build", "flakefs"))

failures = []


def fail(what, why):
    failures.append(what)
    print(f"FAIL {what}: {why}")


def git(repository, *args):
    return subprocess.run(["git", "-C", repository, *args], check=True, capture_output=True, text=True).stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def write(path, text):
    """One write(2), as a shell's echo; the error or None."""
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, (text + "\n").encode())
        return None
    except OSError as error:
        return error
    finally:
        os.close(fd)


def switches(folder):
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(where, name)
            if read(path) in ("true", "false"):
                yield path


def flip(repository, mountpoint, host, path):
    """Write the opposite; what the switch has afterwards."""
    what = f"{host} {os.path.relpath(path, mountpoint)}"
    before, head = read(path), git(repository, "rev-parse", "HEAD")
    wanted = "false" if before == "true" else "true"
    error = write(path, wanted)
    after, moved = read(path), git(repository, "rev-parse", "HEAD") != head
    if error:
        reason = read(f"{mountpoint}/.flakefs/errors").split("\n\n")[0]
        if "assertion" not in reason:
            fail(what, f"{error}: {reason}")
        if moved or after != before:
            fail(what, "refused, but changed")
    elif after != wanted or not moved:
        fail(what, f"written {wanted}, reads {after}, {'one' if moved else 'no'} commit")
    else:
        files = git(repository, "show", "--format=", "--name-only", "HEAD").split()
        if files != [f"omarchy/hosts/{host}/configuration.nix"]:
            fail(what, f"the commit changes {files}")
        subject = git(repository, "log", "-1", "--format=%s").strip()
        option = os.path.relpath(path, f"{mountpoint}/hosts/{host}/toggles").replace("/", ".")
        if subject != f"{host}: {option} = {wanted}":
            fail(what, f"the commit says {subject}")
    return after


def check_host(repository, mountpoint, host):
    folder = f"{mountpoint}/hosts/{host}/toggles/profiles"
    values = {path: flip(repository, mountpoint, host, path) for path in list(switches(folder))}
    if len(values) < 40:
        fail(host, f"only {len(values)} switches")
    # What was written stays, whatever was written after it.
    for path, value in values.items():
        if read(path) != value:
            fail(f"{host} {os.path.relpath(path, mountpoint)}", f"was written {value}, reads {read(path)} in the end")
    return len(values)


def main():
    if not os.access("/dev/fuse", os.W_OK) or not shutil.which("fusermount3"):
        print("skipped: no FUSE here")
        sys.exit(77)
    work = tempfile.mkdtemp(prefix="flakefs-toggles.")
    repository, mountpoint = os.path.join(work, "repo"), os.path.join(work, "mnt")
    os.mkdir(mountpoint)
    os.environ["XDG_CACHE_HOME"] = os.path.join(work, "cache")
    shutil.copytree(os.path.join(TOP, "mnt-examples"), repository, symlinks=True)
    git(repository, "init", "-q", "-b", "main")
    git(repository, "config", "user.name", "toggles")
    git(repository, "config", "user.email", "toggles@localhost")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "examples")
    count = 0
    subprocess.run([FLAKEFS, os.path.join(repository, "omarchy"), mountpoint], check=True, timeout=60)
    try:
        for host in os.environ.get("HOSTS", "ares").split():
            count += check_host(repository, mountpoint, host)
        if git(repository, "status", "--short"):
            fail("git status", git(repository, "status", "--short"))
        git(repository, "fsck", "--strict", "--no-progress")
    finally:
        subprocess.run(["fusermount3", "-u", mountpoint], check=False)
        shutil.rmtree(work, ignore_errors=True)
    print(f"{count} switches, {len(failures)} failures")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
