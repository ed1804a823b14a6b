# People who look after packages; the stand-in has one.
{ ... }:
{
  example = {
    name = "Example Maintainer";
    email = "maintainer@example.org";
    github = "example";
    githubId = 0;
  };
}
