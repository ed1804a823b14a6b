# The library: everything in here is plain Nix and needs no packages.
#
# Each file is a function from the finished library to its own part of it, so
# that parts can use each other in any order. The most used functions are also
# found at the top: `lib.mkOption` is `lib.options.mkOption`.
let
  inherit (import ./fixed-points.nix { lib = null; }) makeExtensible;

  lib = makeExtensible (
    self:
    let
      part = file: import file { lib = self; };
    in
    {
      fixedPoints = part ./fixed-points.nix;
      trivial = part ./trivial.nix;
      lists = part ./lists.nix;
      attrsets = part ./attrsets.nix;
      strings = part ./strings.nix;
      versions = part ./versions.nix;
      options = part ./options.nix;
      types = part ./types.nix;
      modules = part ./modules.nix;
      customisation = part ./customisation.nix;
      generators = part ./generators.nix;
      systems = part ./systems.nix;
      platforms = self.systems.doubles;
      meta = part ./meta.nix;
      licenses = part ./licenses.nix;
      maintainers = part ./maintainers.nix;
      sources = part ./sources.nix;
      debug = part ./debug.nix;
      asserts = part ./asserts.nix;

      inherit (self.fixedPoints)
        composeExtensions
        composeManyExtensions
        converge
        extends
        fix
        makeExtensible
        makeExtensibleWithCustomName
        toExtension
        ;
      inherit (self.trivial)
        boolToString
        boolToYesNo
        concat
        const
        defaultTo
        flip
        fromHexString
        functionArgs
        id
        importJSON
        importTOML
        inPureEvalMode
        isFunction
        isInOldestRelease
        mapNullable
        max
        mergeAttrs
        min
        mod
        oldestSupportedReleaseIsAtLeast
        pipe
        release
        setFunctionArgs
        showWarnings
        throwIf
        throwIfNot
        toFunction
        toHexString
        version
        warn
        warnIf
        warnIfNot
        ;
      inherit (self.lists)
        all
        any
        count
        crossLists
        drop
        dropEnd
        elemAt
        filter
        findFirst
        findSingle
        flatten
        foldl
        foldl'
        foldr
        forEach
        genList
        groupBy
        hasPrefixList
        head
        imap0
        imap1
        init
        intersectLists
        isList
        last
        length
        listDfs
        mutuallyExclusive
        naturalSort
        optional
        optionals
        partition
        range
        remove
        replicate
        reverseList
        singleton
        sort
        sortOn
        sublist
        subtractLists
        tail
        take
        toList
        toposort
        unique
        uniqueStrings
        zipLists
        zipListsWith
        concatLists
        concatMap
        elem
        ;
      inherit (self.attrsets)
        attrByPath
        attrNames
        attrVals
        attrValues
        attrsToList
        catAttrs
        cartesianProduct
        collect
        concatMapAttrs
        filterAttrs
        filterAttrsRecursive
        foldAttrs
        foldlAttrs
        genAttrs
        genAttrs'
        getAttrFromPath
        getAttrs
        getBin
        getDev
        getLib
        getMan
        getOutput
        hasAttr
        hasAttrByPath
        intersectAttrs
        isAttrs
        isDerivation
        listToAttrs
        mapAttrs
        mapAttrs'
        mapAttrsRecursive
        mapAttrsRecursiveCond
        mapAttrsToList
        mapAttrsToListRecursive
        matchAttrs
        nameValuePair
        optionalAttrs
        recurseIntoAttrs
        recursiveUpdate
        recursiveUpdateUntil
        removeAttrs
        setAttrByPath
        toDerivation
        unionOfDisjoint
        updateManyAttrsByPath
        zipAttrs
        zipAttrsWith
        zipAttrsWithNames
        ;
      inherit (self.strings)
        addContextFrom
        charToInt
        cmakeBool
        commonPrefixLength
        compareVersions
        concatImapStrings
        concatImapStringsSep
        concatLines
        concatMapAttrsStringSep
        concatMapStrings
        concatMapStringsSep
        concatStrings
        concatStringsSep
        escape
        escapeNixIdentifier
        escapeNixString
        escapeRegex
        escapeShellArg
        escapeShellArgs
        escapeURL
        escapeXML
        enableFeature
        fileContents
        fixedWidthNumber
        fixedWidthString
        getName
        getVersion
        hasInfix
        hasPrefix
        hasSuffix
        intersperse
        isStorePath
        isStringLike
        isString
        isValidPosixName
        join
        lowerChars
        makeBinPath
        makeLibraryPath
        makeSearchPath
        nameFromURL
        optionalString
        parseDrvName
        removePrefix
        removeSuffix
        replaceStrings
        splitString
        stringAsChars
        stringLength
        stringToCharacters
        substring
        toInt
        toIntBase10
        toLower
        toSentenceCase
        toShellVar
        toShellVars
        toUpper
        trim
        typeOf
        upperChars
        versionAtLeast
        versionOlder
        ;
      inherit (self.options)
        isOption
        literalExpression
        literalMD
        mkEnableOption
        mkOption
        mkPackageOption
        mkSinkUndeclaredOptions
        getFiles
        getValues
        mergeDefaultOption
        mergeEqualOption
        mergeOneOption
        mergeUniqueOption
        optionAttrSetToDocList
        scrubOptionValue
        showDefs
        showFiles
        showOption
        unknownModule
        ;
      inherit (self.types) isType mkOptionType setType;
      inherit (self.modules)
        defaultOverridePriority
        defaultOrderPriority
        dischargeProperties
        doRename
        evalModules
        evalOptionValue
        filterOverrides
        fixupOptionType
        importApply
        mergeDefinitions
        mergeModules
        mkAfter
        mkAliasAndWrapDefinitions
        mkAliasDefinitions
        mkAliasOptionModule
        mkAssert
        mkBefore
        mkChangedOptionModule
        mkDefault
        mkDefinition
        mkDerivedConfig
        mkFixStrictness
        mkForce
        mkIf
        mkImageMediaOverride
        mkMerge
        mkMergedOptionModule
        mkOptionDefault
        mkOrder
        mkOverride
        mkRemovedOptionModule
        mkRenamedOptionModule
        mkRenamedOptionModuleWith
        mkVMOverride
        pushDownProperties
        setDefaultModuleLocation
        sortProperties
        unifyModuleSyntax
        ;
      inherit (self.customisation)
        callPackageWith
        callPackagesWith
        hydraJob
        makeOverridable
        makeScope
        overrideDerivation
        ;
      inherit (self.meta)
        addMetaAttrs
        availableOn
        dontDistribute
        getExe
        getExe'
        getLicenseFromSpdxId
        hiPrio
        lowPrio
        setName
        setPrio
        ;
      inherit (self.sources)
        cleanSource
        cleanSourceFilter
        cleanSourceWith
        pathHasContext
        sourceByRegex
        sourceFilesBySuffices
        ;
      inherit (self.debug)
        addErrorContext
        traceIf
        traceSeq
        traceVal
        traceValFn
        traceValSeq
        ;
      inherit (self.asserts) assertMsg assertOneOf;

      # For a hash that isn't known yet: what is fetched tells the real one.
      fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
      fakeSha256 = "0000000000000000000000000000000000000000000000000000000000000000";

      inherit (builtins)
        add
        bitAnd
        bitOr
        bitXor
        deepSeq
        fromJSON
        genericClosure
        isBool
        isFloat
        isInt
        isPath
        lessThan
        pathExists
        readDir
        readFile
        seq
        sub
        toJSON
        trace
        tryEval
        ;
    }
  );
in
lib
