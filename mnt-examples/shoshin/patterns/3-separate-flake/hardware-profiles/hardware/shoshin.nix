# The desktop.
{
  system = {
    hostname = "shoshin";
    architecture = "x86_64-linux";
    formFactor = "desktop";
  };

  cpu = {
    vendor = "intel";
    model = "Core i7-6700K";
    family = "skylake";
    cores = 4;
    threads = 8;
    microarchitectureLevel = 3;
  };

  gpu = {
    vendor = "nvidia";
    model = "GeForce GTX 960";
    driver = "nvidia";
    cudaSupport = true;
    # Maxwell, second generation.
    architecture = "sm_52";
    computeCapability = "5.2";
    memory = 4;
  };

  memory = {
    total = "16"; # GiB
    type = "DDR4";
    swap = 8;
  };

  storage = {
    root = "/dev/disk/by-uuid/2c2b5a8e-6a2f-4a29-9f0c-1f2d5b7c8a10";
    boot = "/dev/disk/by-uuid/8A7B-22C4";
    kind = "nvme";
  };

  # What builds on this machine may use.
  build = {
    parallelism = {
      maxJobs = 2;
      maxCores = 4;
    };
    compiler = {
      march = "skylake";
      mtune = "skylake";
      optimization = 2;
    };
    ccache = true;
  };
}
