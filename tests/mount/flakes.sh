#!/bin/bash
# flakes: flakes/<dir>, for every flake.nix, every sort of output, and those that fail
. "$(dirname "$0")/lib"

export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
git init -q "$work/lib"
echo '{ outputs = { self }: { v = "old"; }; }' > "$work/lib/flake.nix"
git -C "$work/lib" add .
git -C "$work/lib" -c user.name=a -c user.email=a@b commit -qm lib
rev=$(git -C "$work/lib" rev-parse HEAD)
mkdir -p "$repo/sub/deep" "$repo/broken" "$work/tree"
echo text > "$work/tree/file"
cat > "$repo/flake.nix" <<EOF
{
  description = "all sorts";
  inputs.lib.url = "git+file://$work/lib?rev=$rev";
  inputs.tree = { url = "path:$work/tree"; flake = false; };
  inputs.sub = { url = "path:./sub"; inputs.lib.follows = "lib"; };
  inputs.gone.url = "github:nobody/gone";
  outputs = { self, lib, tree, sub, gone }:
    let drv = name: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; };
    in {
      packages.x86_64-linux = { good = drv "good"; bad = throw "a bad package"; };
      legacyPackages.x86_64-linux = { one = drv "one"; two = throw "walked"; };
      checks = throw "no checks";
      apps.x86_64-linux.default = { type = "app"; program = "/bin/true"; };
      devShells.x86_64-linux.default = drv "shell";
      formatter.x86_64-linux = drv "formatter";
      overlays.default = final: prev: { };
      nixosModules.a = { ... }: { };
      templates.t = { path = ./sub; description = "a template"; };
      hydraJobs.job = drv "job";
      other.deep.er = [ 1 2 ];
      "a/b"."..".x = 1;
      circle = let c = { inherit c; }; in c;
      fromGone = gone.x;
      fromTree = builtins.readFile "\${tree}/file";
      fromSub = sub.v;
    };
}
EOF
echo '{ outputs = { self, lib }: { v = "sub of ${lib.v}"; }; }' > "$repo/sub/flake.nix"
echo '{ outputs = { self }: { v = "deep"; }; }' > "$repo/sub/deep/flake.nix"
echo '{ outputs = ' > "$repo/broken/flake.nix"
commit_all
"$FLAKEFS" "$repo" "$mnt" || { fail "mounting: status $?"; exit 1; }
cd "$mnt/flakes" || exit 1

is 'flakes' "$(ls | tr '\n' ' ')" 'broken root sub sub%2Fdeep '
is 'description' "$(cat root/description)" 'all sorts'
is 'outputs' "$(ls root/outputs | tr '\n' ' ')" \
	'a%2Fb apps checks circle devShells formatter fromGone fromSub fromTree hydraJobs legacyPackages nixosModules other overlays packages templates '
cd root/outputs || exit 1
is 'a package' "$(cat packages/x86_64-linux/good/name)" good
errno 'a bad one' 'Input/output error' cat packages/x86_64-linux/bad
grep -q 'a bad package' packages/x86_64-linux/.bad.error || fail 'its message'
errno 'checks' 'Input/output error' cat checks
is 'legacyPackages' "$(ls legacyPackages/x86_64-linux | tr '\n' ' ')" 'one two '
is 'an app' "$(cat apps/x86_64-linux/default/program)" /bin/true
is 'a shell' "$(cat devShells/x86_64-linux/default/name)" shell
is 'the formatter' "$(cat formatter/x86_64-linux/name)" formatter
is 'an overlay' "$(cat overlays/default)" '<function>'
is 'a module' "$(cat nixosModules/a)" '<function>'
is 'a template' "$(cat templates/t/description)" 'a template'
is 'a job' "$(cat hydraJobs/job/system)" x86_64-linux
is 'any other' "$(cat other/deep/er)" "$(printf '1\n2')"
is 'odd names' "$(cat 'a%2Fb/%2E./x')" 1
is 'a circle' "$(find circle | tr '\n' ' ')" 'circle circle/c '
is 'goes on for who asks' "$(ls -d circle/c/c/c)" circle/c/c/c
is 'of a tree' "$(cat fromTree)" text
is 'of a flake that follows' "$(cat fromSub)" 'sub of old'
errno 'of a missing input' 'No route to host' cat fromGone
grep -q 'override-input=gone=PATH' .fromGone.error || fail "what helps: $(cat .fromGone.error)"

cd ../inputs || exit 1
is 'inputs' "$(ls | tr '\n' ' ')" 'gone lib sub tree '
is 'url' "$(cat lib/url)" "git+file://$work/lib?rev=$rev"
is 'rev' "$(cat lib/rev)" "$rev"
is 'type' "$(cat tree/type)" path
is 'source' "$(cat tree/source/file)" text
is 'a relative source' "$(readlink sub/source)" "$repo/sub"
is 'follows' "$(cat sub/inputs/lib/follows)" lib
is 'missing' "$(cat gone/url)" github:nobody/gone

cd "$mnt/flakes" || exit 1
is 'a flake of a flake' "$(cat sub%2Fdeep/outputs/v)" deep
is 'broken' "$(ls broken | tr '\n' ' ')" 'description inputs outputs '
errno 'what is in it' 'Input/output error' ls broken/outputs
grep -q 'syntax error' broken/.outputs.error || fail 'why'
grep -q 'syntax error' broken/.error || fail 'why, of the folder'
cd /
stop
finish
