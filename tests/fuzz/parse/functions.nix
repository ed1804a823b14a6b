{ a ? 1, b ? { c = 2; }, ... }@d: e: f@{ g }: with d; assert a == 1; if e then let { body = g; } else let x = y; y = 1; in or or or
