# Tools of a developer: languages, editors, containers, each with its own switch.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkEnableOption mkIf optionals;
  cfg = config.profiles.development;
  on = what: mkEnableOption what // { default = true; };
in
{
  options.profiles.development = {
    enable = mkEnableOption "tools of a developer";
    languages = {
      python.enable = on "Python";
      nodejs.enable = mkEnableOption "Node.js";
      rust.enable = mkEnableOption "Rust";
      go.enable = mkEnableOption "Go";
      zig.enable = mkEnableOption "Zig";
    };
    tools = {
      docker.enable = mkEnableOption "Docker";
      git.enable = on "git with what belongs to it";
      direnv.enable = on "direnv";
    };
    editors = {
      neovim.enable = on "Neovim";
      vscode.enable = mkEnableOption "Visual Studio Code";
      zed.enable = mkEnableOption "Zed";
    };
  };

  config = mkIf cfg.enable {
    environment.systemPackages =
      with pkgs;
      [ gnumake ]
      ++ optionals cfg.languages.python.enable [
        python312
        uv
      ]
      ++ optionals cfg.languages.nodejs.enable [ nodejs ]
      ++ optionals cfg.languages.rust.enable [
        rustc
        cargo
        rust-analyzer
      ]
      ++ optionals cfg.languages.go.enable [ go ]
      ++ optionals cfg.languages.zig.enable [ zig ]
      ++ optionals cfg.tools.git.enable [
        gh
        lazygit
        delta
      ]
      ++ optionals cfg.editors.vscode.enable [ vscode ]
      ++ optionals cfg.editors.zed.enable [ zed-editor ];

    programs.git.enable = cfg.tools.git.enable;
    programs.direnv.enable = cfg.tools.direnv.enable;
    programs.neovim.enable = cfg.editors.neovim.enable;
    virtualisation.docker.enable = mkIf cfg.tools.docker.enable true;
  };
}
