#!/bin/bash
# nixpkgs: a host on a real nixpkgs shows what the installed Nix evaluates
#
# FLAKEFS_TEST_NIXPKGS is a checkout that the installed nix-instantiate can
# evaluate as well; without one, there is nothing to compare.
BOUND=600
if [ -z "${FLAKEFS_TEST_NIXPKGS:-}" ]; then
	echo 'skipped: FLAKEFS_TEST_NIXPKGS is no nixpkgs checkout'
	exit 77
fi
command -v nix-instantiate > /dev/null || { echo 'skipped: no Nix'; exit 77; }
. "$(dirname "$0")/lib"
nixpkgs=$FLAKEFS_TEST_NIXPKGS

module hosts/ares/configuration.nix <<'NIX'
{ config, lib, pkgs, ... }:

{
  networking.hostName = "ares";
  networking.domain = "example.org";
  networking.firewall.allowedTCPPorts = [ 22 80 443 ];
  boot.loader.grub.device = "/dev/sda";
  boot.kernelParams = [ "quiet" ];
  fileSystems."/" = { device = "/dev/sda1"; fsType = "ext4"; };
  fileSystems."/home" = { device = "/dev/sda2"; fsType = "ext4"; options = [ "noatime" ]; };
  time.timeZone = "Europe/Berlin";
  i18n.defaultLocale = "de_DE.UTF-8";
  services.openssh.enable = true;
  services.nginx.enable = true;
  services.nginx.virtualHosts."example.org".root = "/srv/www";
  users.users.me = { isNormalUser = true; extraGroups = [ "wheel" ]; };
  environment.systemPackages = [ pkgs.git pkgs.hello ];
  system.stateVersion = "20.09";
}
NIX
commit_all
start_real -o ro
cd "$mnt/hosts/ares/options" || exit 1

options='boot.consoleLogLevel boot.initrd.availableKernelModules boot.initrd.kernelModules boot.kernelParams
boot.loader.grub.device boot.loader.timeout boot.tmpOnTmpfs console.font documentation.enable
environment.pathsToLink environment.shells environment.variables fonts.fontconfig.enable i18n.defaultLocale
i18n.supportedLocales networking.domain networking.firewall.allowedTCPPorts networking.firewall.enable
networking.hostName networking.hosts networking.nameservers networking.useDHCP nix.nrBuildUsers
programs.bash.enableCompletion programs.ssh.startAgent security.sudo.enable services.cron.enable
services.nginx.user services.openssh.ports services.timesyncd.servers system.stateVersion time.timeZone
users.users.me.extraGroups users.users.root.uid users.mutableUsers zramSwap.enable'
compared=0
for option in $options; do
	file=$(dirname "${option//.//}")/.$(basename "${option//.//}").json
	real=$(NIX_REMOTE=dummy:// nix-instantiate --eval --strict --json \
		-I "nixpkgs=$nixpkgs" '<nixpkgs/nixos>' --arg configuration \
		"$repo/hosts/ares/configuration.nix" -A "config.$option" 2> "$work/err")
	if [ -z "$real" ]; then
		[ -z "$(cat "$file" 2> "$work/err2")" ] ||
			fail "$option: Nix fails: $(tail -n 2 "$work/err")"
		continue
	fi
	is "$option" "$(cat "$file" 2>&1)" "$real"
	compared=$((compared + 1))
done
[ $compared -ge 25 ] || fail "$compared options only"
real=$(NIX_REMOTE=dummy:// nix-instantiate --eval --strict --json \
	-I "nixpkgs=$nixpkgs" '<nixpkgs/nixos>' --arg configuration \
	"$repo/hosts/ares/configuration.nix" -A config.system.build.toplevel.drvPath 2> "$work/err")
is 'toplevel' "\"$(cat system/build/toplevel/drvPath 2>&1)\"" "$real"
echo "$compared options and a toplevel compared"
stop
finish
