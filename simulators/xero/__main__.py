from simulators.xero.cli import main

raise SystemExit(main())
