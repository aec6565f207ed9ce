/* HTTP/3: instructions on QPACK's encoder and decoder streams (RFC 9204 §4.3, §4.4). */
#include "config.h"

#include "dissectors/application/http3.h"

enum {
    ENCODER, COUNT, COUNT_INCREMENT, INSERT_INDEXED, INDEXED_REF, INDEXED_VAL, INDEXED_HVAL, INSERT, INSERT_NAME, INSERT_HNAME, INSERT_VAL,
    INSERT_HVAL, DUPLICATE, DUPLICATE_REF, CAPACITY, CAPACITY_VAL, DECODER, SECTION_ACK, SECTION_ACK_STREAM, CANCEL, CANCEL_STREAM, INCREMENT,
    INCREMENT_VAL, BROKEN,
};

static const FmField fields[] = {
    [ENCODER] = { "http3.qpack.encoder", "QPACK encoder", FM_BYTES },
    [COUNT] = { "http3.qpack.encoder.icnt", "QPACK encoder instruction count", FM_UINT64, FM_DEC, .generated = true },
    [COUNT_INCREMENT] = { "http3.qpack.encoder.icnt.inc", "QPACK encoder instruction count increment", FM_UINT32, FM_DEC, .generated = true },
    [INSERT_INDEXED] = { "http3.qpack.encoder.opcode.insert_indexed", "Insert with Name Reference", FM_BYTES },
    [INDEXED_REF] = { "http3.qpack.encoder.opcode.insert_indexed.ref", "Name Reference", FM_UINT64, FM_HEX },
    [INDEXED_VAL] = { "http3.qpack.encoder.opcode.insert_indexed.val", "Value", FM_STRING },
    [INDEXED_HVAL] = { "http3.qpack.encoder.opcode.insert_indexed.hval", "Value (Huffman)", FM_BYTES },
    [INSERT] = { "http3.qpack.encoder.opcode.insert", "Insert with Literal Name", FM_BYTES },
    [INSERT_NAME] = { "http3.qpack.encoder.opcode.insert.name", "Name", FM_STRING },
    [INSERT_HNAME] = { "http3.qpack.encoder.opcode.insert.hname", "Name (Huffman)", FM_BYTES },
    [INSERT_VAL] = { "http3.qpack.encoder.opcode.insert.val", "Value", FM_STRING },
    [INSERT_HVAL] = { "http3.qpack.encoder.opcode.insert.hval", "Value (Huffman)", FM_BYTES },
    [DUPLICATE] = { "http3.qpack.encoder.opcode.duplicate", "Duplicate", FM_BYTES },
    [DUPLICATE_REF] = { "http3.qpack.encoder.opcode.duplicate.val", "Index", FM_UINT64, FM_DEC },
    [CAPACITY] = { "http3.qpack.encoder.opcode.dtable_cap", "Set Dynamic Table Capacity", FM_BYTES },
    [CAPACITY_VAL] = { "http3.qpack.encoder.opcode.dtable_cap.val", "Capacity", FM_UINT64, FM_DEC },
    [DECODER] = { "http3.qpack.decoder", "QPACK decoder", FM_BYTES },
    [SECTION_ACK] = { "http3.qpack.decoder.opcode.section_ack", "Section Acknowledgment", FM_BYTES },
    [SECTION_ACK_STREAM] = { "http3.qpack.decoder.opcode.section_ack.stream_id", "Stream ID", FM_UINT64, FM_HEX },
    [CANCEL] = { "http3.qpack.decoder.opcode.cancel_stream", "Stream Cancellation", FM_BYTES },
    [CANCEL_STREAM] = { "http3.qpack.decoder.opcode.cancel_stream.id", "Stream ID", FM_UINT64, FM_HEX },
    [INCREMENT] = { "http3.qpack.decoder.opcode.icnt_inc", "Insert Count Increment", FM_BYTES },
    [INCREMENT_VAL] = { "http3.qpack.decoder.opcode.icnt_inc.val", "Increment", FM_UINT64, FM_DEC },
    [BROKEN] = { "fathom.http3.broken_instruction", "Not an instruction of QPACK from here on", FM_EXPERT, .severity = FM_ERROR,
                 .group = FM_GROUP_MALFORMED },
};

/* The text of a string as row `plain`, and its coded bytes as the row after it. */
static void put_string(FmDissection *d, const FmCursor *c, const QpackString *s, unsigned plain)
{
    FmCursor at = *c;
    fm_skip(&at, s->at);
    FmSlice bytes = { at.at, s->size };
    if (!s->huffman) {
        fm_add_bytes_of(d, &fields[plain], plain, &at, s->size);
        return;
    }
    g_autoptr(GByteArray) text = fm_wanted(d, plain) ? g_byte_array_new() : NULL;
    if (text && hpack_huffman(bytes, text) && fm_wanted(d, plain))
        fm_record_blob_of(d, &fields[plain], plain, fm_offset(&at), (uint32_t)s->size, at.buffer, 0, text->data, text->len);
    fm_add_bytes_of(d, &fields[plain + 1], plain + 1, &at, s->size);
}

static const struct {
    uint8_t row, number; /* number: 0: none */
    uint8_t name, value;
} shapes[] = {
    [QPACK_CAPACITY] = { CAPACITY, CAPACITY_VAL, 0, 0 },
    [QPACK_INSERT_INDEXED] = { INSERT_INDEXED, INDEXED_REF, 0, INDEXED_VAL },
    [QPACK_INSERT_LITERAL] = { INSERT, 0, INSERT_NAME, INSERT_VAL },
    [QPACK_DUPLICATE] = { DUPLICATE, DUPLICATE_REF, 0, 0 },
    [QPACK_SECTION_ACK] = { SECTION_ACK, SECTION_ACK_STREAM, 0, 0 },
    [QPACK_CANCEL] = { CANCEL, CANCEL_STREAM, 0, 0 },
    [QPACK_INCREMENT] = { INCREMENT, INCREMENT_VAL, 0, 0 },
};

static void put_instruction(FmDissection *d, FmCursor *c, const QpackInstruction *in)
{
    FmCursor at = *c;
    unsigned row = shapes[in->kind].row, number = shapes[in->kind].number;
    fm_add_bytes_of(d, &fields[row], row, c, in->size);
    fm_down(d);
    if (number && fm_wanted(d, number))
        fm_record_of(d, &fields[number], number, fm_offset(&at), (uint32_t)in->number_size, at.buffer, 0, in->number);
    if (shapes[in->kind].name)
        put_string(d, &at, &in->name, shapes[in->kind].name);
    if (shapes[in->kind].value)
        put_string(d, &at, &in->value, shapes[in->kind].value);
    fm_up(d);
}

static void qpack_dissect(FmDissection *d, FmCursor *c)
{
    const Http3Instructions *i = (const Http3Instructions *)(const void *)c;
    bool encoder = i->kind == HTTP3_ENCODER;
    unsigned row = encoder ? ENCODER : DECODER;
    if (fm_quiet(d))
        return;
    FmCursor all = *c;
    fm_add_bytes_of(d, &fields[row], row, &all, fm_left(&all));
    fm_down(d);
    if (encoder) {
        fm_make(d, COUNT, i->after);
        fm_make(d, COUNT_INCREMENT, i->after - i->before);
    }
    while (fm_left(c)) {
        QpackInstruction in;
        size_t size = encoder ? qpack_encoder_instruction(fm_rest(c), &in) : qpack_decoder_instruction(fm_rest(c), &in);
        if (!size || size == SIZE_MAX)
            break;
        put_instruction(d, c, &in);
    }
    if (fm_left(c) || i->broken)
        fm_expert(d, BROKEN);
    fm_up(d);
}

const FmProtocol fm_http3_qpack = {
    .abbrev = "http3.qpack",
    .title = "QPACK instructions",
    .part = true,
    FM_FIELDS(fields),
    .dissect = qpack_dissect,
};
