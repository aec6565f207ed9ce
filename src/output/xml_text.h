/* What the XML formats share. */
#pragma once

#include "base/text.h"

/* Bytes as the inside of an attribute or element; control characters and invalid UTF-8 become \xNN and the like. */
void fm_xml_escape(FmText *out, const char *bytes, size_t n);
