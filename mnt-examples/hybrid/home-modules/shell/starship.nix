{
  programs.starship = {
    enable = true;
    settings = {
      add_newline = false;
      directory.truncation_length = 3;
    };
  };
}
