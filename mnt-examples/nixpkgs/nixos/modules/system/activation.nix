# Small scripts that run whenever the system is switched to.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  scriptType = types.submodule {
    options = {
      deps = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Scripts that must have run before.";
      };
      text = mkOption {
        type = types.lines;
        description = "The script.";
      };
      supportsDryActivation = mkOption {
        type = types.bool;
        default = false;
        description = "Whether it runs when only the changes are shown.";
      };
    };
  };
in
{
  options.system = {
    activationScripts = mkOption {
      type = types.attrsOf (types.coercedTo types.str (text: { inherit text; }) scriptType);
      default = { };
      example = {
        stdio.text = "ln -sfn /proc/self/fd /dev/fd";
      };
      description = "Scripts by name; they run in an order that satisfies their deps.";
      # `script` is all of them, in order.
      apply =
        set:
        let
          names = lib.attrNames set;
          order = lib.toposort (a: b: lib.elem a set.${b}.deps) names;
        in
        set
        // {
          script = lib.concatMapStrings (n: "# ${n}\n${set.${n}.text}\n") (
            order.result or (throw "activation scripts depend on each other in a circle: ${toString order.cycle}")
          );
        };
    };
    userActivationScripts = mkOption {
      type = types.attrsOf (types.coercedTo types.str (text: { inherit text; }) scriptType);
      default = { };
      description = "The same, for each user.";
    };
    switch.enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the running system can be switched to another configuration.";
    };
  };

  config.system.activationScripts = {
    stdio.text = "";
    users = {
      deps = [ "specialfs" ];
      text = "install -m 0755 -d /home";
    };
    etc = {
      deps = [ "users" ];
      text = "ln -sfn ${config.system.build.etc}/etc /etc/static";
    };
    specialfs.text = "mkdir -p /proc /sys /dev";
  };
}
