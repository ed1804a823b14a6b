# For the agenix program: who can open which file. Not a part of any configuration.
let
  my-laptop = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample5";
in
{
  "wifi.age".publicKeys = [ my-laptop ];
  "backup-key.age".publicKeys = [ my-laptop ];
}
