from simulators.stripe.cli import main

raise SystemExit(main())
