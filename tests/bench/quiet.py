"""quiet: measure on a busy machine, and what the kernel does not know

As root, what is measured runs on one processor before all else. The kernel can
be made to forget what its clients read: they are in a memory cgroup of their
own, of which everything is reclaimed.
"""
import os
import sys


def find_cgroup():
    """A memory cgroup, the file that reclaims its memory, and what is written there."""
    for top, reclaim, text in (("/sys/fs/cgroup/memory", "memory.force_empty", "0"),
                               ("/sys/fs/cgroup", "memory.reclaim", "4G")):
        path = top + "/flakefs-bench.%d" % os.getpid()
        try:
            os.mkdir(path)
        except OSError:
            continue
        if os.path.exists(path + "/" + reclaim):
            return path, reclaim, text
        os.rmdir(path)
    print("no memory cgroup of our own: what is cold is not measured", file=sys.stderr)
    return None


def measured(pid):
    """Have all threads of a process on one processor, before all else."""
    for tid in os.listdir("/proc/%d/task" % pid):
        try:
            os.sched_setaffinity(int(tid), {0})
            os.sched_setscheduler(int(tid), os.SCHED_FIFO, os.sched_param(1))
        except OSError:
            return


def unmeasured():
    """Undo it for this process."""
    try:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, range(os.cpu_count()))
    except OSError:
        return


def client():
    """In the child that reads."""
    measured(os.getpid())
    if cgroup:
        with open(cgroup[0] + "/cgroup.procs", "w") as f:
            f.write("0")


def forget():
    """The kernel forgets what clients read."""
    for _ in range(5 if cgroup else 0):
        try:
            with open(cgroup[0] + "/" + cgroup[1], "w") as f:
                f.write(cgroup[2])
        except OSError:
            pass  # there was less to be had


def end():
    if cgroup:
        os.rmdir(cgroup[0])


cgroup = find_cgroup()
