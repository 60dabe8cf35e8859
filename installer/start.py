"""Where the packed program starts."""

import sys

from jiandang_desktop.__main__ import main

sys.exit(main())
