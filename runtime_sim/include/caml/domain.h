/* Domains: there is one. */
#ifndef CAML_DOMAIN_H
#define CAML_DOMAIN_H

#include "domain_state.h"

#endif
