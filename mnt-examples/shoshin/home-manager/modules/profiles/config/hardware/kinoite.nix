# The laptop. The names are those of shoshin.nix; all machines have all of them.
let
  cores = 6;
in
{
  system = {
    hostname = "kinoite";
    architecture = "x86_64-linux";
    formFactor = "laptop";
  };
  cpu = {
    vendor = "amd";
    model = "Ryzen 5 PRO 5650U";
    family = "znver3";
    inherit cores;
    threads = cores * 2;
    microarchitectureLevel = 3;
  };
  gpu = {
    vendor = "amd";
    model = "Radeon Vega 7";
    driver = "amdgpu";
    cudaSupport = false;
    architecture = "gfx90c";
    computeCapability = null;
    memory = 2;
  };
  memory = {
    total = "8";
    type = "DDR4";
    swap = 16;
  };
  storage = {
    root = "/dev/disk/by-uuid/0d9a1f4e-8f5d-4a37-8d52-4b0f3f2e6c55";
    boot = "/dev/disk/by-uuid/41F3-90D2";
    kind = "nvme";
  };
  build = {
    parallelism = {
      maxJobs = 1;
      maxCores = cores - 2;
    };
    compiler = {
      march = "znver3";
      mtune = "znver3";
      optimization = 2;
    };
    ccache = false;
  };
}
