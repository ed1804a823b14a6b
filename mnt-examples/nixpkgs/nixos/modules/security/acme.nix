# Certificates from Let's Encrypt.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.security.acme;
in
{
  options.security.acme = {
    acceptTerms = mkOption {
      type = types.bool;
      default = false;
      description = "Whether you accept the terms of service of the certificate authority.";
    };
    defaults.email = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Whom it writes to.";
    };
    certs = mkOption {
      type = types.attrsOf (
        types.submodule (
          { name, ... }:
          {
            options = {
              domain = mkOption {
                type = types.str;
                default = name;
                description = "The name it is for.";
              };
              email = mkOption {
                type = types.nullOr types.str;
                default = cfg.defaults.email;
                defaultText = lib.literalExpression "config.security.acme.defaults.email";
                description = "Whom the authority writes to.";
              };
              extraDomainNames = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "Other names it is for.";
              };
              group = mkOption {
                type = types.str;
                default = "acme";
                description = "Who can read it.";
              };
            };
          }
        )
      );
      default = { };
      description = "The certificates.";
    };
  };
  config = lib.mkIf (cfg.certs != { }) {
    assertions = [
      {
        assertion = cfg.acceptTerms;
        message = "Certificates by ACME need the authority's terms to be accepted: set security.acme.acceptTerms.";
      }
    ]
    ++ lib.mapAttrsToList (name: c: {
      assertion = c.email != null;
      message = "security.acme.certs.${name} needs an email address: set security.acme.defaults.email.";
    }) cfg.certs;
  };
}
