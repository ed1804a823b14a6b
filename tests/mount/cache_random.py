"""Change a repository at random and compare what is read with an evaluation
from scratch.

    cache_random.py FLAKEFS NIXPKGS STEPS [SEED]

The repository has HOSTS hosts, each of which reads some files, folders, other
hosts, and what commit it is at. After each step a few values are read four
times: through two mounts that stay, by a process that has only the cache, and
by one without it. All must agree, also in their messages.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HOSTS = 30
OPTIONS = "abcde"

flakefs, nixpkgs, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 30)
rng = random.Random(seed)
work = tempfile.mkdtemp(prefix="flakefs-random.")
repo, mnt = work + "/repo", work + "/mnt"
# The second one can be written to.
MOUNTS = {mnt: "ro", work + "/mnt2": "rw"}
os.environ["XDG_CACHE_HOME"] = work + "/cache"
os.environ["GIT_CONFIG_GLOBAL"] = "/dev/null"
log = []

FLAKE = """{
  outputs = { self }:
    let
      lib = import ./lib;
      files = builtins.filter (n: lib.hasSuffix ".nix" n)
        (builtins.attrNames (builtins.readDir ./hosts));
      host = file: lib.evalModules {
        modules = [ ./module.nix (./hosts + "/${file}") ];
        specialArgs = {
          inherit self;
          host = lib.removeSuffix ".nix" file;
        };
      };
    in {
      nixosConfigurations = builtins.listToAttrs (map (f: {
        name = lib.removeSuffix ".nix" f;
        value = host f;
      }) files);
    };
}
"""

MODULE = """{ lib, host, ... }: {
  options = lib.genAttrs [ "a" "b" "c" "d" "e" ] (n: lib.mkOption {
    type = lib.types.str;
    default = "%s ${n} of ${host}";
  });
}
"""


def git(*args, check=False):
    return subprocess.run(
        ["git", "-C", repo, "-c", "user.name=a", "-c", "user.email=a@b",
         "-c", "gc.auto=0", *args],
        check=check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ).returncode == 0


def write(path, text):
    full = repo + "/" + path
    os.makedirs(os.path.dirname(full), exist_ok=True)
    if os.path.isdir(full):
        shutil.rmtree(full)
    if os.path.islink(full):
        os.unlink(full)
    with open(full, "w") as f:
        f.write(text)


def read(path):
    try:
        with open(repo + "/" + path) as f:
            return f.read()
    except OSError:
        return None


def remove(path):
    full = repo + "/" + path
    if os.path.isdir(full) and not os.path.islink(full):
        shutil.rmtree(full)
    elif os.path.lexists(full):
        os.unlink(full)


def name(n=None):
    return "h%02d" % (rng.randrange(HOSTS) if n is None else n)


def hot():
    """One of a few hosts that are read for a while: what is not read twice
    can't be old."""
    base = len(log) // 40 * 7
    return name((base + rng.randrange(3)) % HOSTS)


def term():
    n = rng.randrange(3)
    return rng.choice([
        '"%d"' % n,
        "builtins.readFile ../data/f%d" % n,
        "toString (builtins.pathExists ../flags/f%d)" % n,
        "toString (builtins.pathExists ../flags/f%d)" % n,
        "toString (builtins.attrNames (builtins.readDir ../flags))",
        "import ../data/d%d" % n,
        "builtins.readFile ../data/link%d" % (n % 2),
        "self.nixosConfigurations.%s.config.a" % name(),
        "toString (builtins.pathExists ../data/d%d/default.nix)" % n,
        "toString (builtins.pathExists ../data/d%d)" % n,
    ])


def value():
    """What an option may be set to: most read one thing, some several."""
    if rng.random() < 0.1:
        return rng.choice([
            'self.rev or self.dirtyRev or "none"', 'throw "no"',
            "lib.concatStrings (builtins.attrNames (builtins.readDir ./.))",
        ])
    return " + ".join(term() for _ in range(rng.choice([1, 1, 2, 3])))


def host_file():
    text = "{ self, lib, ... }: {\n  a = \"%d\";\n" % rng.randrange(3)
    for option in OPTIONS[1:]:
        if rng.random() < 0.9:
            text += "  %s = %s;\n" % (option, value())
    return text + "}\n"


# --- steps ---------------------------------------------------------------

def edit_host():
    h = hot() if rng.random() < 0.5 else name()
    write("hosts/%s.nix" % h, host_file())
    return h


def edit_data():
    write("data/f%d" % rng.randrange(3), rng.choice("xyz"))


def edit_flag():
    path = "flags/f%d" % rng.randrange(3)
    if os.path.exists(repo + "/" + path):
        remove(path)
    else:
        write(path, "")
        if rng.random() < 0.6:
            git("add", path)


def edit_folder():
    path = "data/d%d/default.nix" % rng.randrange(3)
    if rng.random() < 0.5:
        remove(path)
    else:
        write(path, rng.choice(['"one"\n', '"two"\n', "1 +\n"]))
        if rng.random() < 0.7:
            git("add", path)


def edit_link():
    path = repo + "/data/link%d" % rng.randrange(2)
    if os.path.lexists(path):
        os.unlink(path)
    os.symlink("f%d" % rng.randrange(3), path)


def edit_module():
    write("module.nix", MODULE % rng.choice(["default", "other"]))


def same_size_and_time():
    """Another content of the same size and time, by rename."""
    path = "data/f%d" % rng.randrange(3)
    full = repo + "/" + path
    if not os.path.isfile(full):
        return
    st = os.stat(full)
    with open(full + ".new", "w") as f:
        f.write(rng.choice("xyz"))
    os.utime(full + ".new", ns=(st.st_atime_ns, st.st_mtime_ns))
    os.rename(full + ".new", full)


def rewrite_in_place():
    """The same size and time, in place."""
    full = repo + "/data/f%d" % rng.randrange(3)
    if not os.path.isfile(full):
        return
    st = os.stat(full)
    with open(full, "r+") as f:
        f.write(rng.choice("xyz"))
    os.utime(full, ns=(st.st_atime_ns, st.st_mtime_ns))


def touch():
    h = "hosts/%s.nix" % name()
    if os.path.exists(repo + "/" + h):
        os.utime(repo + "/" + h)


def break_host():
    write("hosts/%s.nix" % name(), "{ a = \n")


def remove_host():
    remove("hosts/%s.nix" % name())


def git_add():
    git("add", "-A")


def git_commit():
    git("add", "-A")
    git("commit", "-qm", "c", "--allow-empty")


def git_checkout():
    git("checkout", "-qf", rng.choice(["main", "other", "third"]))


def git_stash():
    git("stash", "-q")


def git_pop():
    git("stash", "pop", "-q")


def git_reset():
    git("reset", "-q", "--hard", "HEAD~%d" % rng.randrange(2))


def git_untrack():
    git("rm", "-q", "--cached", "flags/f%d" % rng.randrange(3))


def git_gc():
    git("gc", "-q")


def git_rebase():
    if not git("rebase", "-q", rng.choice(["main", "other", "third"])):
        git("rebase", "--abort")


def remount():
    which = rng.choice(list(MOUNTS))
    if rng.random() < 0.3:
        kill(which)
    else:
        unmount(which)
    mount(which)


def write_value():
    """A commit of the mount's own, or a refusal."""
    try:
        with open("%s/hosts/%s/options/%s" % (list(MOUNTS)[1], hot(),
                                              rng.choice(OPTIONS)), "w",
                  buffering=1) as f:
            f.write("%d\n" % rng.randrange(3))
    except OSError:
        pass


def read_now():
    """While it is not yet seen: what is read may be old, not what is kept."""
    host = edit_host()
    for option in OPTIONS:
        through_mount(mnt, host, option)


def edit_while_read():
    host = edit_host()
    children = [start(host, o) for o in rng.sample(OPTIONS, 2)]
    for _ in range(4):
        edit_data()
        edit_flag()
        time.sleep(rng.random() * 0.02)
    for child in children:
        child.communicate()


STEPS = [
    (4, edit_host), (10, edit_data), (10, edit_flag), (6, edit_folder),
    (4, edit_link), (1, edit_module), (6, same_size_and_time),
    (6, rewrite_in_place), (4, touch), (2, break_host), (2, remove_host),
    (4, git_add), (5, git_commit), (6, git_checkout), (2, git_stash),
    (2, git_pop), (2, git_reset), (2, git_untrack), (1, git_gc),
    (2, git_rebase), (3, remount), (3, write_value), (3, read_now),
    (3, edit_while_read), (10, lambda: None),
]


# --- reading -------------------------------------------------------------

def mount(where):
    subprocess.run([flakefs, repo, where, "-o", MOUNTS[where]], check=True,
                   stderr=subprocess.DEVNULL)


def unmount(where):
    subprocess.run(["fusermount3", "-u", where], check=True)


def kill(where):
    pids = subprocess.run(
        ["pgrep", "-f", "%s %s %s " % (flakefs, repo, where)],
        stdout=subprocess.PIPE, text=True).stdout.split()
    assert pids
    for pid in pids:
        os.kill(int(pid), signal.SIGKILL)
    time.sleep(0.05)
    subprocess.run(["fusermount3", "-uzq", where])


def through_mount(where, host, option):
    path = "%s/hosts/%s/options/%s" % (where, host, option)
    try:
        with open(path) as f:
            return 0, f.read()
    except OSError as e:
        return 1, e.strerror


def start(host, option, *options):
    return subprocess.Popen(
        [flakefs, "cat", repo, "hosts/%s/options/%s" % (host, option),
         *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(child):
    out, err = child.communicate()
    # Of an evaluation only, and of what the cache does not keep.
    err = "".join(line for line in err.splitlines(True)
                  if not line.startswith(("warning: Git tree", "trace:")))
    return child.returncode, out, err


def compare(step, host, option):
    fresh = start(host, option, "-o", "no-cache")
    kept = start(host, option)
    mounted = {}
    for where in MOUNTS:
        with open(where + "/.flakefs/sync") as f:
            f.read()
        mounted[where] = through_mount(where, host, option)
    fresh, kept = finish(fresh), finish(kept)
    wrong = []
    if fresh != kept:
        wrong.append(("the cache", kept))
    for where, got in mounted.items():
        if fresh[0] != got[0] or (fresh[0] == 0 and fresh[1] != got[1]):
            wrong.append(("the mount " + MOUNTS[where], got))
    if wrong:
        print("seed %d, step %d: %s/%s\nexpected %r" %
              (seed, step, host, option, fresh))
        for who, got in wrong:
            print("%s gave %r" % (who, got))
        print("last steps: " + " ".join(log[-12:]))
        print(read("hosts/%s.nix" % host))
    return not wrong


def stats():
    with open(mnt + "/.flakefs/stats") as f:
        return dict(line.split() for line in f)


def main():
    os.makedirs(repo)
    for where in MOUNTS:
        os.makedirs(where)
    shutil.copytree(nixpkgs + "/lib", repo + "/lib")
    write("flake.nix", FLAKE)
    write("module.nix", MODULE % "default")
    write("flags/keep", "")
    for i in range(HOSTS):
        write("hosts/%s.nix" % name(i), host_file())
    for i in range(3):
        edit_data()
        edit_folder()
        edit_link()
    git("init", "-q", "-b", "main", check=True)
    git_commit()
    git("branch", "other", check=True)
    git("branch", "third", check=True)
    for where in MOUNTS:
        mount(where)
    bad = 0
    begin = time.time()
    try:
        for step in range(steps):
            do = rng.choices([s[1] for s in STEPS], [s[0] for s in STEPS])[0]
            log.append(do.__name__)
            do()
            host = hot() if rng.random() < 0.9 else name()
            for option in rng.sample(OPTIONS[1:], 2):
                if not compare(step, host, option):
                    bad += 1
            if bad > 5:
                break
            if steps > 1000 and step % 500 == 0:
                print("step %d, %d s" % (step, time.time() - begin),
                      flush=True)
        if bad == 0 and int(stats().get("cache_hits", 0)) == 0:
            print("the cache was of no use")
            bad = 1
    finally:
        for where in MOUNTS:
            subprocess.run(["fusermount3", "-uzq", where])
        if not bad:
            shutil.rmtree(work)
    if bad:
        print("%d differences; see %s" % (bad, work))
    sys.exit(1 if bad else 0)


main()
