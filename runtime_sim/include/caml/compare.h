/* What a comparison leaves behind: see custom.h. */
#ifndef CAML_COMPARE_H
#define CAML_COMPARE_H

#include "custom.h"

#endif
