#!/usr/bin/env python3
"""random: a repository is edited, committed and written to at random, and after each step the mount shows what a
fresh evaluation gives.

STEPS, SEED and SHOW are taken from the environment.
"""
import os
import random
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLAKEFS = os.environ.get("FLAKEFS", os.path.join(TOP, "build", "flakefs"))
STEPS = int(os.environ.get("STEPS", "25"))
SEED = int(os.environ.get("SEED", "1"))
HOSTS = ["ares", "hera", "zeus"]

FLAKE = """{
  inputs.nixpkgs.url = "path:../nixpkgs";
  outputs = { self, nixpkgs }: {
    nixosConfigurations = nixpkgs.lib.genAttrs [ "ares" "hera" "zeus" ] (name: nixpkgs.lib.nixosSystem {
      system = "x86_64-linux";
      modules = [ ./hosts/${name}.nix ./common ({ ... }: { networking.hostName = name; }) ];
    });
  };
}
"""
COMMON = """{ lib, ... }:
{
  imports = lib.optional (builtins.pathExists ./extra.nix) ./extra.nix;
  options.t = {
    shared = lib.mkOption { default = 0; };
    enable = lib.mkOption { type = lib.types.bool; default = false; };
    level = lib.mkOption { type = lib.types.int; default = 1; };
    text = lib.mkOption { type = lib.types.str; default = builtins.readFile ./text; };
    names = lib.mkOption { default = builtins.attrNames (builtins.readDir ./list); };
    extra = lib.mkOption { default = "no"; };
  };
  config.t.shared = import ./shared.nix;
}
"""
READ = ["t/shared", "t/enable", "t/level", "t/text", "t/names", "t/extra", "networking/hostName"]


def run(*args, **more):
    return subprocess.run(args, capture_output=True, text=True, timeout=60, **more)


class Repository:
    def __init__(self, work):
        self.top = os.path.join(work, "repo")
        shutil.copytree(os.path.join(TOP, "mnt-examples", "nixpkgs"), os.path.join(self.top, "nixpkgs"))
        self.flake = os.path.join(self.top, "flake")
        self.put("flake.nix", FLAKE)
        self.put("common/default.nix", COMMON)
        self.put("common/shared.nix", "1\n")
        self.put("common/text", "hello")
        self.put("common/list/a", "")
        for host in HOSTS:
            self.put(f"hosts/{host}.nix", "{ ... }:\n{\n  t.level = 1;\n}\n")
        for command in ("init -q -b main", "config user.name T", "config user.email t@example.org", "add -A",
                        "commit -qm first"):
            self.git(*command.split())

    def path(self, name):
        return os.path.join(self.flake, name)

    def put(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        # As editors do: beside it, then renamed over it.
        with open(self.path(name) + "~", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(self.path(name) + "~", self.path(name))

    def git(self, *args):
        """What git refuses (a checkout over local changes) changes nothing, which is a step too."""
        return run("git", "-C", self.top, *args)


def random_step(chance, repo, mnt):
    """Change something; says what."""
    host = chance.choice(HOSTS)
    step = chance.choice(["level", "shared", "text", "list", "extra", "commit", "stash", "toggle", "touch", "back",
                          "break", "branch", "nixpkgs"])
    if step == "level":
        repo.put(f"hosts/{host}.nix", "{ ... }:\n{\n  t.level = %d;\n}\n" % chance.randrange(1000))
    elif step == "shared":
        repo.put("common/shared.nix", f"{chance.randrange(1000)}\n")
    elif step == "text":
        # Of one length, so that size does not tell.
        repo.put("common/text", f"{chance.randrange(10000, 99999)}")
    elif step == "list":
        name = f"common/list/{chance.choice('bcdef')}"
        if os.path.exists(repo.path(name)):
            repo.git("rm", "-qf", os.path.join("flake", name))
        else:
            repo.put(name, "")
            repo.git("add", os.path.join("flake", name))
    elif step == "extra":
        if os.path.exists(repo.path("common/extra.nix")):
            repo.git("rm", "-qf", "flake/common/extra.nix")
        else:
            repo.put("common/extra.nix", '{ t.extra = "yes"; }\n')
            if chance.random() < 0.7:
                repo.git("add", "-A")
    elif step == "commit":
        repo.git("add", "-A")
        repo.git("commit", "-qm", "step", "--allow-empty")
    elif step == "stash":
        repo.git("stash", "-q")
    elif step == "toggle":
        value = chance.choice(["true", "false"])
        step = f"toggle {host} {value}"
        try:
            with open(f"{mnt}/hosts/{host}/toggles/t/enable", "w", encoding="utf-8") as file:
                file.write(value)
        except OSError as error:
            step += f" ({error.strerror})"
    elif step == "touch":
        os.utime(repo.path("common/shared.nix"))
    elif step == "back":
        repo.git("checkout", "-q", ".")
    elif step == "break":
        repo.put(f"hosts/{host}.nix", "{ ... }:\n{\n  t.level = ;\n}\n")
    elif step == "branch":
        repo.git("checkout", "-q", chance.choice(["HEAD~1", "main"]))
    elif step == "nixpkgs":
        with open(os.path.join(repo.top, "nixpkgs/lib/versions.nix"), "a", encoding="utf-8") as file:
            file.write("# more\n")
    return step


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        return f"errno {error.errno}"


def fresh(repo, path):
    result = run(FLAKEFS, "cat", repo.flake, path)
    if result.returncode == 0:
        return result.stdout
    for code in (2, 5, 61):
        if os.strerror(code) in result.stderr.splitlines()[-1 if code == 0 else 0] or os.strerror(code) in result.stderr:
            return f"errno {code}"
    return result.stderr


def main():
    chance = random.Random(SEED)
    work = tempfile.mkdtemp(prefix="flakefs-random.")
    mnt = os.path.join(work, "mnt")
    os.mkdir(mnt)
    os.environ["XDG_CACHE_HOME"] = os.path.join(work, "cache")
    repo = Repository(work)
    failures = 0
    try:
        result = run(FLAKEFS, repo.flake, mnt)
        if result.returncode:
            print(result.stderr)
            return 1
        for number in range(STEPS):
            step = random_step(chance, repo, mnt)
            read(f"{mnt}/.flakefs/sync")
            for _ in range(2):
                host = chance.choice(HOSTS)
                path = f"hosts/{host}/options/{chance.choice(READ)}"
                got, wanted = read(f"{mnt}/{path}"), fresh(repo, path)
                if os.environ.get("SHOW"):
                    print(number, step, path, got.strip()[:40])
                if got != wanted:
                    failures += 1
                    print(f"random: step {number} (SEED={SEED}), after {step}: {path} is {got!r}, not {wanted!r}")
            # The rest is read too, so that there is something to be stale.
            for host in HOSTS:
                for option in READ:
                    read(f"{mnt}/hosts/{host}/options/{option}")
    finally:
        run("fusermount3", "-u", mnt)
        shutil.rmtree(work, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
