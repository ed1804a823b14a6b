# Machines: from "x86_64-linux" to what packages want to know about it.
{ lib }:
let
  cpus = {
    x86_64 = {
      family = "x86";
      bits = 64;
      arch = "x86-64";
    };
    i686 = {
      family = "x86";
      bits = 32;
      arch = "i686";
    };
    aarch64 = {
      family = "arm";
      bits = 64;
      arch = "armv8-a";
    };
    riscv64 = {
      family = "riscv";
      bits = 64;
      arch = "rv64gc";
    };
  };
in
rec {
  flakeExposed = [
    "x86_64-linux"
    "aarch64-linux"
    "x86_64-darwin"
    "aarch64-darwin"
  ];
  doubles = rec {
    linux = [
      "x86_64-linux"
      "i686-linux"
      "aarch64-linux"
      "riscv64-linux"
    ];
    darwin = [
      "x86_64-darwin"
      "aarch64-darwin"
    ];
    unix = linux ++ darwin;
    all = unix;
  };

  # A system as a string or as a set with `system`, with all that follows from it.
  elaborate =
    given:
    let
      args = if builtins.isString given then { system = given; } else given;
      parts = lib.splitString "-" args.system;
      cpuName = builtins.head parts;
      kernelName = lib.last parts;
      cpu = cpus.${cpuName} or (throw "unknown processor in the system `${args.system}'");
    in
    {
      config =
        if kernelName == "darwin" then
          "${if cpuName == "aarch64" then "arm64" else cpuName}-apple-darwin"
        else
          "${cpuName}-unknown-linux-gnu";
      parsed = {
        cpu = {
          name = cpuName;
          inherit (cpu) bits family;
        };
        kernel.name = kernelName;
        vendor.name = if kernelName == "darwin" then "apple" else "unknown";
      };
      gcc = { };
      isLinux = kernelName == "linux";
      isDarwin = kernelName == "darwin";
      isUnix = true;
      isx86 = cpu.family == "x86";
      isx86_64 = cpuName == "x86_64";
      isx86_32 = cpuName == "i686";
      isAarch = cpu.family == "arm";
      isAarch64 = cpuName == "aarch64";
      isRiscV64 = cpuName == "riscv64";
      is64bit = cpu.bits == 64;
      is32bit = cpu.bits == 32;
      linuxArch = if cpuName == "aarch64" then "arm64" else cpuName;
      uname = {
        system = if kernelName == "darwin" then "Darwin" else "Linux";
        processor = cpuName;
      };
      darwinArch = if cpuName == "aarch64" then "arm64" else cpuName;
      extensions = {
        executable = "";
        sharedLibrary = if kernelName == "darwin" then ".dylib" else ".so";
      };
    }
    // args;

  equals = a: b: (elaborate a).system == (elaborate b).system;
}
