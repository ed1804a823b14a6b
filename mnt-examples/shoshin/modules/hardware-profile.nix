# The machine's hardware profile as an option: its shape is checked, modules can
# read it, and nobody can change it here.
{
  lib,
  hardwareProfile,
  ...
}:
let
  inherit (lib) mkOption types;
in
{
  options.hardware.profile = mkOption {
    readOnly = true;
    default = hardwareProfile;
    description = "What the machine is made of. It is written down in the home-manager flake.";
    type = types.submodule {
      # Whatever else a profile has is taken as it is.
      freeformType = types.attrsOf types.anything;
      options = {
        cpu = {
          vendor = mkOption {
            type = types.enum [
              "intel"
              "amd"
            ];
            description = "Who made the processor.";
          };
          family = mkOption {
            type = types.str;
            example = "skylake";
            description = "The processor's generation, by the compiler's name for it.";
          };
          cores = mkOption {
            type = types.ints.positive;
            description = "How many cores it has.";
          };
        };
        gpu.cudaSupport = mkOption {
          type = types.bool;
          default = false;
          description = "Whether programs can compute by CUDA.";
        };
        memory.total = mkOption {
          type = types.strMatching "[0-9]+";
          example = "16";
          description = "Memory, in GiB.";
        };
        build.parallelism = {
          maxJobs = mkOption {
            type = types.ints.positive;
            default = 1;
            description = "How many builds at the same time.";
          };
          maxCores = mkOption {
            type = types.ints.unsigned;
            default = 0;
            description = "How many cores for each.";
          };
        };
      };
    };
  };
}
