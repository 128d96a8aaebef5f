/* The colours of headers. */
#ifndef CAML_GC_H
#define CAML_GC_H

#include "mlvalues.h"

#define Caml_white ((color_t) 0 << 8)
#define Caml_gray ((color_t) 1 << 8)
#define Caml_blue ((color_t) 2 << 8)
#define Caml_black ((color_t) 3 << 8)
#define Make_header_with_profinfo(wosize, tag, color, profinfo) Make_header((wosize), (tag), (color))
#define Whitehd_hd(hd) ((hd) & ~Caml_black)
#define Blackhd_hd(hd) ((hd) | Caml_black)
#define Is_white_hd(hd) (Color_hd(hd) == Caml_white)
#define Is_gray_hd(hd) (Color_hd(hd) == Caml_gray)
#define Is_blue_hd(hd) (Color_hd(hd) == Caml_blue)
#define Is_black_hd(hd) (Color_hd(hd) == Caml_black)
#define Is_white_val(v) Is_white_hd(Hd_val(v))
#define Is_black_val(v) Is_black_hd(Hd_val(v))

#endif
