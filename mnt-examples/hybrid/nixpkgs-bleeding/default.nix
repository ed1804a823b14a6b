# So that `import nixpkgs-bleeding { ... }` works as with nixpkgs.
args:
import ../../nixpkgs (
  args
  // {
    overlays = [
      (final: prev: {
        neovim = prev.neovim.overrideAttrs { version = "0.12.0"; };
        ghostty = prev.ghostty.overrideAttrs { version = "1.3.0"; };
        zed-editor = prev.zed-editor.overrideAttrs (old: {
          version = "0.210.0";
        });
      })
    ]
    ++ args.overlays or [ ];
  }
)
