/* DER (X.690). */
#include "config.h"

#include <string.h>

#include <glib.h>

#include "dissectors/security/der.h"

static unsigned tag_of(uint8_t first, uint64_t number)
{
    unsigned tag = (unsigned)MIN(number, 0xff);
    switch (first >> 6) {
    case 0: return tag;
    case 2: return DER_CONTEXT + tag;
    default: return DER_OTHER + tag;
    }
}

FmCursor der_open(FmSlice bytes, FmTrouble *trouble)
{
    static const uint8_t nothing[1];
    const uint8_t *data = bytes.size ? bytes.data : nothing;
    return (FmCursor){ data, data + bytes.size, data, trouble, 0, 0, false };
}

bool der_next(FmCursor *c, DerValue *value)
{
    if (!fm_left(c))
        return false;
    uint8_t first = (uint8_t)fm_read_u8(c);
    uint64_t number = first & 31;
    if (number == 31) {
        number = 0;
        uint8_t more = 0x80;
        for (unsigned i = 0; i < 4 && more & 0x80; i++) {
            more = (uint8_t)fm_read_u8(c);
            number = number << 7 | (more & 0x7f);
        }
    }
    uint64_t size = fm_read_u8(c);
    if (size & 0x80) {
        unsigned width = size & 0x7f;
        if (!width || width > 8) { /* the indefinite form is none of DER */
            fm_cursor_malformed(c);
            c->at = c->end;
            return false;
        }
        size = fm_read(c, width);
    }
    value->tag = tag_of(first, number);
    value->constructed = first & 0x20;
    FmCursor body = fm_take(c, size);
    value->body = fm_cursor_copy(&body);
    return true;
}

unsigned der_peek(const FmCursor *c)
{
    return fm_left(c) ? tag_of(*c->at, *c->at & 31) : 0;
}

bool der_take(FmCursor *c, unsigned tag, DerValue *value)
{
    return fm_left(c) && der_peek(c) == tag && der_next(c, value);
}

unsigned der_count(FmCursor c)
{
    FmTrouble trouble = { 0 };
    DerValue value;
    unsigned count = 0;
    c.trouble = &trouble;
    while (der_next(&c, &value))
        count++;
    return count;
}

static bool digits(const uint8_t *at, unsigned n, int *out)
{
    *out = 0;
    for (unsigned i = 0; i < n; i++) {
        if (!g_ascii_isdigit(at[i]))
            return false;
        *out = *out * 10 + (at[i] - '0');
    }
    return true;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400, of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t der_seconds(const DerValue *value)
{
    const uint8_t *at = value->body.at;
    size_t size = fm_left(&value->body);
    unsigned year_digits = value->tag == DER_UTC_TIME ? 2 : 4;
    int year, month, day, hour, minute, second = 0;
    if (size < year_digits + 8 + 1 || !digits(at, year_digits, &year) || !digits(at + year_digits, 2, &month) ||
        !digits(at + year_digits + 2, 2, &day) || !digits(at + year_digits + 4, 2, &hour) || !digits(at + year_digits + 6, 2, &minute))
        return INT64_MIN;
    if (size >= year_digits + 10 && !digits(at + year_digits + 8, 2, &second))
        second = 0;
    if (month < 1 || month > 12)
        return INT64_MIN;
    if (year_digits == 2)
        year += year < 50 ? 2000 : 1900;
    return ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

int64_t der_time(const DerValue *value)
{
    int64_t seconds = der_seconds(value), time;
    if (seconds == INT64_MIN || !__builtin_mul_overflow(seconds, INT64_C(1000000000), &time))
        return seconds == INT64_MIN ? INT64_MIN : time;
    return seconds < 0 ? INT64_MIN : INT64_MAX;
}
