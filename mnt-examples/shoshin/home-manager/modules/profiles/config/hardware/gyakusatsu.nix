# The workstation that builds for the others: one machine more is the laptop's
# description with what differs.
let
  kinoite = import ./kinoite.nix;
in
kinoite
// {
  system = {
    hostname = "gyakusatsu";
    architecture = "x86_64-linux";
    formFactor = "workstation";
  };
  cpu = {
    vendor = "amd";
    model = "Ryzen 9 7950X";
    family = "znver4";
    cores = 16;
    threads = 32;
    microarchitectureLevel = 4;
  };
  gpu = {
    vendor = "nvidia";
    model = "GeForce RTX 4080";
    driver = "nvidia";
    cudaSupport = true;
    architecture = "sm_89";
    computeCapability = "8.9";
    memory = 16;
  };
  memory = {
    total = "64";
    type = "DDR5";
    swap = 0;
  };
  build = {
    parallelism = {
      maxJobs = 8;
      maxCores = 16;
    };
    compiler = {
      march = "znver4";
      mtune = "znver4";
      optimization = 3;
    };
    ccache = true;
  };
}
