# Licences that the packages here have.
{ ... }:
builtins.mapAttrs
  (
    shortName: l:
    {
      inherit shortName;
      free = true;
      deprecated = false;
      redistributable = l.free or true;
      url = if l ? spdxId then "https://spdx.org/licenses/${l.spdxId}.html" else null;
    }
    // l
  )
  {
    agpl3Only = {
      spdxId = "AGPL-3.0-only";
      fullName = "GNU Affero General Public License v3.0 only";
    };
    asl20 = {
      spdxId = "Apache-2.0";
      fullName = "Apache License 2.0";
    };
    bsd2 = {
      spdxId = "BSD-2-Clause";
      fullName = "BSD 2-clause";
    };
    bsd3 = {
      spdxId = "BSD-3-Clause";
      fullName = "BSD 3-clause";
    };
    gpl2Only = {
      spdxId = "GPL-2.0-only";
      fullName = "GNU General Public License v2.0 only";
    };
    gpl3Plus = {
      spdxId = "GPL-3.0-or-later";
      fullName = "GNU General Public License v3.0 or later";
    };
    isc = {
      spdxId = "ISC";
      fullName = "ISC License";
    };
    lgpl21Plus = {
      spdxId = "LGPL-2.1-or-later";
      fullName = "GNU Lesser General Public License v2.1 or later";
    };
    mit = {
      spdxId = "MIT";
      fullName = "MIT License";
    };
    mpl20 = {
      spdxId = "MPL-2.0";
      fullName = "Mozilla Public License 2.0";
    };
    postgresql = {
      spdxId = "PostgreSQL";
      fullName = "PostgreSQL License";
    };
    unfree = {
      fullName = "Unfree";
      free = false;
    };
    vim = {
      spdxId = "Vim";
      fullName = "Vim License";
    };
  }
