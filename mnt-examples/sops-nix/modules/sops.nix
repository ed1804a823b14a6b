# Secrets of a system.
{ config, lib, ... }:
let
  cfg = config.sops;
in
{
  imports = [ ./options.nix ];

  config = lib.mkIf (cfg.secrets != { }) {
    sops.age.sshKeyPaths = lib.mkIf config.services.openssh.enable (
      map (k: k.path) (lib.filter (k: k.type == "ed25519") config.services.openssh.hostKeys)
    );
    assertions = [
      {
        assertion = cfg.age.keyFile != null || cfg.age.sshKeyPaths != [ ] || cfg.gnupg.sshKeyPaths != [ ];
        message = "No key is configured for sops: set sops.age.keyFile or sops.age.sshKeyPaths.";
      }
    ]
    ++ lib.mapAttrsToList (name: s: {
      assertion = !cfg.validateSopsFiles || builtins.pathExists s.sopsFile;
      message = "The file of the secret \"${name}\" isn't there: ${toString s.sopsFile}";
    }) cfg.secrets;
    system.activationScripts.setupSecrets = {
      deps = [
        "specialfs"
        "users"
      ];
      text = lib.concatMapStrings (
        s: "install-secret ${s.sopsFile} ${s.key} ${s.path} ${toString s.owner}:${toString s.group} ${s.mode}\n"
      ) (lib.attrValues cfg.secrets);
    };
  };
}
