# Other names that packages are known by.
final: prev:
prev.lib.optionalAttrs prev.config.allowAliases {
  ripgrep-all = final.ripgrep;
  python = final.python3;
  node = final.nodejs;
  vim-full = final.vim;
  nvidia-x11 = throw "`nvidia-x11' is now `linuxPackages.nvidiaPackages.stable'";
}
