# name -> what all-packages.nix makes a package of.
{ lib, shell, linux }:
let
  inherit (lib) licenses;
in
{
  acl = {
    version = "2.3.2";
    description = "Library and tools for access control lists";
    license = licenses.gpl3Plus;
  }
  // linux;
  age = {
    version = "1.2.1";
    description = "File encryption with small keys";
    license = licenses.bsd3;
  };
  alacritty = {
    version = "0.16.1";
    description = "Terminal emulator that draws on the graphics card";
    license = licenses.asl20;
  };
  alertmanager = {
    version = "0.28.1";
    description = "Sends the alerts that Prometheus raises";
    license = licenses.asl20;
  };
  apparmor-profiles = {
    version = "4.1.2";
    description = "Profiles that confine programs";
    license = licenses.gpl2Only;
  }
  // linux;
  bash = {
    version = "5.3p3";
    description = "GNU Bourne-Again Shell";
    license = licenses.gpl3Plus;
  }
  // shell;
  bat = {
    version = "0.25.0";
    description = "cat with colours and line numbers";
  };
  blender = {
    version = "4.5.3";
    description = "3D modelling and animation";
    license = licenses.gpl3Plus;
    deps = [ "python3" ];
  };
  brave = {
    version = "1.83.118";
    description = "Web browser with tracking protection";
    license = licenses.mpl20;
  };
  btop = {
    version = "1.4.5";
    description = "Shows what the machine is busy with";
    license = licenses.asl20;
  };
  bun = {
    version = "1.3.0";
    description = "JavaScript runtime and package manager";
  };
  cachix = {
    version = "1.7.9";
    description = "Client of a binary cache service";
    license = licenses.asl20;
  };
  cargo = {
    version = "1.90.0";
    description = "Package manager of Rust";
    deps = [ "rustc" ];
  };
  clang = {
    version = "21.1.2";
    description = "C language family compiler";
    license = licenses.asl20;
  };
  cmake = {
    version = "4.1.2";
    description = "Build system generator";
    license = licenses.bsd3;
  };
  colmena = {
    version = "0.4.0";
    description = "Deploys NixOS to many machines";
    deps = [ "nix" ];
  };
  coreutils = {
    version = "9.8";
    description = "Basic tools for files, texts and the shell";
    license = licenses.gpl3Plus;
    mainProgram = "ls";
  };
  cups = {
    version = "2.4.14";
    description = "Printing system";
    license = licenses.asl20;
  }
  // linux;
  curl = {
    version = "8.16.0";
    description = "Transfers data by URL";
    deps = [ "openssl" ];
    outputs = [
      "bin"
      "out"
      "dev"
    ];
  };
  deadnix = {
    version = "1.3.1";
    description = "Finds unused code in Nix files";
    license = licenses.gpl3Plus;
    deps = [ "nix" ];
  };
  delta = {
    version = "0.18.2";
    description = "Pager that colours diffs";
  };
  direnv = {
    version = "2.37.1";
    description = "Loads environments when a folder is entered";
    deps = [ "bash" ];
  };
  discord = {
    version = "0.0.112";
    description = "Chat with voice and video";
    license = licenses.unfree;
  }
  // linux;
  docker = {
    version = "28.5.1";
    description = "Runs containers";
    license = licenses.asl20;
    deps = [ "iptables" ];
  }
  // linux;
  docker-compose = {
    version = "2.40.0";
    description = "Runs several containers together";
    license = licenses.asl20;
  };
  dunst = {
    version = "1.13.0";
    description = "Notification daemon";
    license = licenses.bsd3;
  }
  // linux;
  e2fsprogs = {
    version = "1.47.3";
    description = "Tools for ext2, ext3 and ext4";
    license = licenses.gpl2Only;
  }
  // linux;
  exa = {
    version = "0.10.1";
    description = "Replacement of ls, replaced by eza itself";
    knownVulnerabilities = [ "no longer maintained" ];
  };
  eza = {
    version = "0.23.4";
    description = "ls with colours and git status";
  };
  fail2ban = {
    version = "1.1.0";
    description = "Bans addresses that fail to log in";
    license = licenses.gpl2Only;
    deps = [ "python3" ];
  }
  // linux;
  fd = {
    version = "10.3.0";
    description = "Simple and fast find";
  };
  ffmpeg = {
    version = "8.0";
    description = "Records, converts and streams sound and video";
    license = licenses.gpl3Plus;
  };
  findutils = {
    version = "4.10.0";
    description = "find and xargs";
    license = licenses.gpl3Plus;
  };
  firefox = {
    version = "144.0";
    description = "Web browser";
    license = licenses.mpl20;
  };
  fish = {
    version = "4.1.2";
    description = "Shell made for people";
    license = licenses.gpl2Only;
  }
  // shell;
  fzf = {
    version = "0.65.2";
    description = "Fuzzy finder for the terminal";
  };
  gamemode = {
    version = "1.8.2";
    description = "Tunes the system while a game runs";
    license = licenses.bsd3;
  }
  // linux;
  gamescope = {
    version = "3.16.17";
    description = "Compositor for games";
    license = licenses.bsd2;
  }
  // linux;
  gawk = {
    version = "5.3.2";
    description = "Text processing language";
    license = licenses.gpl3Plus;
    mainProgram = "awk";
  };
  gcc = {
    version = "14.3.0";
    description = "GNU Compiler Collection";
    license = licenses.gpl3Plus;
  };
  gh = {
    version = "2.82.0";
    description = "GitHub from the command line";
    deps = [ "git" ];
  };
  ghostty = {
    version = "1.2.3";
    description = "Terminal emulator";
  };
  gimp = {
    version = "3.0.4";
    description = "Image editor";
    license = licenses.gpl3Plus;
  };
  git = {
    version = "2.51.0";
    description = "Distributed version control";
    license = licenses.gpl2Only;
    deps = [
      "curl"
      "openssl"
    ];
  };
  git-lfs = {
    version = "3.7.0";
    description = "Large files in git";
    deps = [ "git" ];
  };
  gnugrep = {
    version = "3.12";
    description = "Finds lines by pattern";
    license = licenses.gpl3Plus;
    mainProgram = "grep";
  };
  gnumake = {
    version = "4.4.1";
    description = "Makes what is out of date";
    license = licenses.gpl3Plus;
    mainProgram = "make";
  };
  gnupg = {
    version = "2.4.8";
    description = "Encrypts and signs";
    license = licenses.gpl3Plus;
    mainProgram = "gpg";
  };
  gnused = {
    version = "4.9";
    description = "Stream editor";
    license = licenses.gpl3Plus;
    mainProgram = "sed";
  };
  gnutar = {
    version = "1.35";
    description = "Archives";
    license = licenses.gpl3Plus;
    mainProgram = "tar";
  };
  go = {
    version = "1.25.3";
    description = "Compiled language for services";
    license = licenses.bsd3;
  };
  godot_4 = {
    version = "4.5";
    description = "Game engine";
  };
  gparted = {
    version = "1.7.0";
    description = "Partition editor";
    license = licenses.gpl3Plus;
  }
  // linux;
  grafana = {
    version = "12.2.0";
    description = "Dashboards for metrics and logs";
    license = licenses.agpl3Only;
  };
  gzip = {
    version = "1.14";
    description = "Compresses files";
    license = licenses.gpl3Plus;
  };
  helix = {
    version = "25.07.1";
    description = "Modal text editor";
    license = licenses.mpl20;
    mainProgram = "hx";
  };
  htop = {
    version = "3.4.1";
    description = "Shows processes";
    license = licenses.gpl2Only;
  };
  hyprland = {
    version = "0.51.1";
    description = "Tiling Wayland compositor";
    license = licenses.bsd3;
  }
  // linux;
  hyprlock = {
    version = "0.9.2";
    description = "Screen lock for Hyprland";
    license = licenses.bsd3;
  }
  // linux;
  hyprpaper = {
    version = "0.7.5";
    description = "Wallpapers for Hyprland";
    license = licenses.bsd3;
  }
  // linux;
  inkscape = {
    version = "1.4.2";
    description = "Vector graphics editor";
    license = licenses.gpl3Plus;
  };
  iproute2 = {
    version = "6.17.0";
    description = "Controls networking";
    license = licenses.gpl2Only;
    mainProgram = "ip";
  }
  // linux;
  iptables = {
    version = "1.8.11";
    description = "Packet filter";
    license = licenses.gpl2Only;
  }
  // linux;
  jdk21 = {
    version = "21.0.8";
    description = "Java development kit";
    license = licenses.gpl2Only;
    mainProgram = "java";
  };
  jq = {
    version = "1.8.1";
    description = "Queries JSON";
  };
  just = {
    version = "1.43.0";
    description = "Runs recipes of a project";
  };
  k9s = {
    version = "0.50.15";
    description = "Kubernetes in the terminal";
    license = licenses.asl20;
  };
  kate = {
    version = "25.08.2";
    description = "Text editor";
    license = licenses.lgpl21Plus;
  }
  // linux;
  kitty = {
    version = "0.43.1";
    description = "Terminal emulator";
    license = licenses.gpl3Plus;
  };
  kmod = {
    version = "34.2";
    description = "Loads kernel modules";
    license = licenses.lgpl21Plus;
  }
  // linux;
  kubectl = {
    version = "1.34.1";
    description = "Kubernetes from the command line";
    license = licenses.asl20;
  };
  lazygit = {
    version = "0.55.1";
    description = "git in the terminal";
    deps = [ "git" ];
  };
  less = {
    version = "679";
    description = "Pager";
    license = licenses.gpl3Plus;
  };
  libreoffice = {
    version = "25.8.2";
    description = "Office programs";
    license = licenses.mpl20;
  };
  linux-firmware = {
    version = "20251011";
    description = "Firmware that drivers load";
    license = licenses.unfree;
  }
  // linux;
  lm_sensors = {
    version = "3.6.2";
    description = "Reads temperatures and fans";
    license = licenses.gpl2Only;
  }
  // linux;
  loki = {
    version = "3.5.5";
    description = "Log aggregation, like Prometheus for logs";
    license = licenses.agpl3Only;
  };
  lsof = {
    version = "4.99.5";
    description = "Lists open files";
  };
  lua = {
    version = "5.4.7";
    description = "Small language for embedding";
  };
  lutris = {
    version = "0.5.19";
    description = "Runs games from many sources";
    license = licenses.gpl3Plus;
    deps = [ "python3" ];
  }
  // linux;
  mako = {
    version = "1.10.0";
    description = "Notification daemon for Wayland";
  }
  // linux;
  mangohud = {
    version = "0.8.1";
    description = "Shows frame rates in games";
  }
  // linux;
  mesa = {
    version = "25.2.5";
    description = "Open graphics drivers";
  }
  // linux;
  microcode-amd = {
    version = "20251011";
    description = "Processor updates from AMD";
    license = licenses.unfree;
  }
  // linux;
  microcode-intel = {
    version = "20250812";
    description = "Processor updates from Intel";
    license = licenses.unfree;
  }
  // linux;
  mpv = {
    version = "0.40.0";
    description = "Media player";
    license = licenses.gpl2Only;
    deps = [ "ffmpeg" ];
  };
  nano = {
    version = "8.6";
    description = "Simple text editor";
    license = licenses.gpl3Plus;
  };
  neovim = {
    version = "0.11.4";
    description = "Text editor, descended from vim";
    license = licenses.asl20;
    deps = [ "lua" ];
    mainProgram = "nvim";
  };
  netdata = {
    version = "2.7.1";
    description = "Shows every metric of a machine";
    license = licenses.gpl3Plus;
  }
  // linux;
  networkmanager = {
    version = "1.54.1";
    description = "Manages network connections";
    license = licenses.gpl2Only;
  }
  // linux;
  nginx = {
    version = "1.28.0";
    description = "Web server and reverse proxy";
    license = licenses.bsd2;
    deps = [ "openssl" ];
  };
  nil = {
    version = "2025-06-13";
    description = "Language server for Nix";
    deps = [ "nix" ];
  };
  nix = {
    version = "2.34.8";
    description = "Package manager and language";
    license = licenses.lgpl21Plus;
    deps = [
      "sqlite"
      "curl"
    ];
  };
  nixd = {
    version = "2.7.0";
    description = "Language server for Nix";
    license = licenses.gpl3Plus;
    deps = [ "nix" ];
  };
  nixfmt = {
    version = "1.1.0";
    description = "Formatter of Nix code";
    license = licenses.mpl20;
  };
  nix-output-monitor = {
    version = "2.1.8";
    description = "Shows builds as a tree";
    license = licenses.agpl3Only;
    deps = [ "nix" ];
  };
  node-exporter = {
    version = "1.9.1";
    description = "Metrics of a machine for Prometheus";
    license = licenses.asl20;
    mainProgram = "node_exporter";
  }
  // linux;
  nodejs = {
    version = "22.20.0";
    description = "JavaScript runtime";
    deps = [ "openssl" ];
    mainProgram = "node";
  };
  nushell = {
    version = "0.108.0";
    description = "Shell with structured data";
  }
  // shell;
  obs-studio = {
    version = "32.0.1";
    description = "Records and streams the screen";
    license = licenses.gpl2Only;
    deps = [ "ffmpeg" ];
  }
  // linux;
  obsidian = {
    version = "1.9.14";
    description = "Notes as linked files";
    license = licenses.unfree;
  };
  octave = {
    version = "10.2.0";
    description = "Numerical computing language";
    license = licenses.gpl3Plus;
  };
  ollama = {
    version = "0.12.5";
    description = "Runs language models locally";
  };
  openssh = {
    version = "10.2p1";
    description = "Remote login";
    license = licenses.bsd2;
    deps = [ "openssl" ];
    mainProgram = "ssh";
  };
  openssl = {
    version = "3.6.0";
    description = "Cryptography and TLS";
    license = licenses.asl20;
    outputs = [
      "bin"
      "out"
      "dev"
    ];
  };
  pavucontrol = {
    version = "6.2";
    description = "Volume control";
    license = licenses.gpl2Only;
  }
  // linux;
  pipewire = {
    version = "1.4.9";
    description = "Sound and video server";
  }
  // linux;
  plex = {
    version = "1.42.2.10156";
    description = "Media library streamed over the network";
    license = licenses.unfree;
  }
  // linux;
  podman = {
    version = "5.6.2";
    description = "Runs containers without a daemon";
    license = licenses.asl20;
  }
  // linux;
  postgresql_15 = {
    version = "15.14";
    description = "Relational database";
    license = licenses.postgresql;
    deps = [ "openssl" ];
    mainProgram = "postgres";
  };
  postgresql_16 = {
    version = "16.10";
    description = "Relational database";
    license = licenses.postgresql;
    deps = [ "openssl" ];
    mainProgram = "postgres";
  };
  postgresql_17 = {
    version = "17.6";
    description = "Relational database";
    license = licenses.postgresql;
    deps = [ "openssl" ];
    mainProgram = "postgres";
  };
  procps = {
    version = "4.0.5";
    description = "ps, top, free and others";
    license = licenses.gpl2Only;
  }
  // linux;
  prometheus = {
    version = "3.6.0";
    description = "Collects metrics and raises alerts";
    license = licenses.asl20;
  };
  promtail = {
    version = "3.5.5";
    description = "Sends logs to Loki";
    license = licenses.agpl3Only;
  }
  // linux;
  prusa-slicer = {
    version = "2.9.3";
    description = "Prepares models for 3D printers";
    license = licenses.agpl3Only;
  }
  // linux;
  qemu = {
    version = "10.1.1";
    description = "Emulates and virtualizes machines";
    license = licenses.gpl2Only;
  };
  R = {
    version = "4.5.1";
    description = "Language for statistics";
    license = licenses.gpl3Plus;
  };
  redis = {
    version = "8.2.2";
    description = "Data structures in memory";
    license = licenses.agpl3Only;
    deps = [ "openssl" ];
    mainProgram = "redis-server";
  };
  restic = {
    version = "0.18.1";
    description = "Backups";
    license = licenses.bsd2;
  };
  ripgrep = {
    version = "15.0.0";
    description = "Searches folders by pattern";
    mainProgram = "rg";
  };
  rofi = {
    version = "2.0.0";
    description = "Program launcher";
  }
  // linux;
  rsync = {
    version = "3.4.1";
    description = "Copies changed parts of files";
    license = licenses.gpl3Plus;
    deps = [ "openssl" ];
  };
  rust-analyzer = {
    version = "2025-10-13";
    description = "Language server for Rust";
    deps = [ "rustc" ];
  };
  rustc = {
    version = "1.90.0";
    description = "Rust compiler";
  };
  samba = {
    version = "4.22.5";
    description = "Shares files with Windows";
    license = licenses.gpl3Plus;
  }
  // linux;
  signal-desktop = {
    version = "7.74.0";
    description = "Private messenger";
    license = licenses.agpl3Only;
  }
  // linux;
  slack = {
    version = "4.46.101";
    description = "Chat for companies";
    license = licenses.unfree;
  };
  sops = {
    version = "3.11.0";
    description = "Edits encrypted files";
    license = licenses.mpl20;
    deps = [ "age" ];
  };
  spotify = {
    version = "1.2.74";
    description = "Music streaming";
    license = licenses.unfree;
  }
  // linux;
  sqlite = {
    version = "3.50.4";
    description = "Database in a file";
  };
  ssh-to-age = {
    version = "1.2.0";
    description = "Turns SSH keys into age keys";
    deps = [ "age" ];
  };
  starship = {
    version = "1.23.0";
    description = "Prompt for any shell";
    license = licenses.isc;
  };
  statix = {
    version = "0.5.8";
    description = "Lints Nix code";
    deps = [ "nix" ];
  };
  steam = {
    version = "1.0.0.84";
    description = "Game store and launcher";
    license = licenses.unfree;
  }
  // linux;
  steam-run = {
    version = "1.0.0.84";
    description = "Runs programs as Steam would";
    license = licenses.unfree;
  }
  // linux;
  strace = {
    version = "6.17";
    description = "Shows system calls";
    license = licenses.lgpl21Plus;
  }
  // linux;
  sudo = {
    version = "1.9.17p2";
    description = "Runs commands as another user";
    license = licenses.isc;
  }
  // linux;
  sway = {
    version = "1.11";
    description = "Tiling Wayland compositor";
  }
  // linux;
  swaylock = {
    version = "1.8.3";
    description = "Screen lock for Sway";
  }
  // linux;
  syncthing = {
    version = "2.0.10";
    description = "Keeps folders in sync";
    license = licenses.mpl20;
  };
  systemd = {
    version = "258.1";
    description = "Starts and looks after the system";
    license = licenses.lgpl21Plus;
    outputs = [
      "bin"
      "out"
      "dev"
    ];
  }
  // linux;
  tailscale = {
    version = "1.88.4";
    description = "Private network between machines";
    license = licenses.bsd3;
    deps = [ "iptables" ];
  };
  terraform = {
    version = "1.13.4";
    description = "Infrastructure from a description";
    license = licenses.unfree;
  };
  tmux = {
    version = "3.5a";
    description = "Terminals in a terminal";
    license = licenses.isc;
  };
  tree = {
    version = "2.2.1";
    description = "Folders as a tree";
    license = licenses.gpl2Only;
  };
  unzip = {
    version = "6.0";
    description = "Unpacks zip archives";
    license = licenses.bsd3;
  };
  util-linux = {
    version = "2.41.2";
    description = "System tools";
    license = licenses.gpl2Only;
  }
  // linux;
  uv = {
    version = "0.9.4";
    description = "Package manager for Python";
    license = licenses.asl20;
    deps = [ "python3" ];
  };
  vim = {
    version = "9.1.1869";
    description = "Text editor";
    license = licenses.vim;
  };
  virt-manager = {
    version = "5.1.0";
    description = "Manages virtual machines";
    license = licenses.gpl2Only;
    deps = [ "qemu" ];
  }
  // linux;
  vlc = {
    version = "3.0.21";
    description = "Media player";
    license = licenses.lgpl21Plus;
    deps = [ "ffmpeg" ];
  }
  // linux;
  vscode = {
    version = "1.105.1";
    description = "Code editor";
    license = licenses.unfree;
    mainProgram = "code";
  };
  waybar = {
    version = "0.14.0";
    description = "Status bar for Wayland";
  }
  // linux;
  wezterm = {
    version = "20240203";
    description = "Terminal emulator";
  };
  wget = {
    version = "1.25.0";
    description = "Downloads files";
    license = licenses.gpl3Plus;
    deps = [ "openssl" ];
  };
  wireguard-tools = {
    version = "1.0.20250521";
    description = "Tools of the WireGuard tunnel";
    license = licenses.gpl2Only;
  };
  wireplumber = {
    version = "0.5.12";
    description = "Session manager of PipeWire";
    deps = [ "pipewire" ];
  }
  // linux;
  wl-clipboard = {
    version = "2.2.1";
    description = "Clipboard of Wayland";
    license = licenses.gpl3Plus;
  }
  // linux;
  wofi = {
    version = "1.5.1";
    description = "Program launcher for Wayland";
    license = licenses.gpl3Plus;
  }
  // linux;
  xz = {
    version = "5.8.1";
    description = "Compresses files";
    license = licenses.gpl2Only;
  };
  yazi = {
    version = "25.5.31";
    description = "File manager in the terminal";
  };
  zed-editor = {
    version = "0.208.4";
    description = "Code editor";
    license = licenses.gpl3Plus;
  };
  zellij = {
    version = "0.43.1";
    description = "Terminal workspace";
  };
  zig = {
    version = "0.15.1";
    description = "Systems language";
  };
  zip = {
    version = "3.0";
    description = "Packs zip archives";
    license = licenses.bsd3;
  };
  zoxide = {
    version = "0.9.8";
    description = "cd that learns";
  };
  zsh = {
    version = "5.9";
    description = "Z shell";
  }
  // shell;
  zstd = {
    version = "1.5.7";
    description = "Fast compression";
    license = licenses.bsd3;
  };
}
