/* Properties of MQTT 5.0 (§2.2.2). */
#include "config.h"

#include "dissectors/application/mqtt.h"

enum {
    PROPERTIES, WILL_PROPERTIES, TOTAL_LENGTH, ID, NUMBER, CONTENT_TYPE, MAX_QOS, TOPIC_ALIAS, UNKNOWN, STRING_LENGTH, STRING, KEY_LENGTH, KEY,
    VALUE_LENGTH, VALUE,
};

enum Kind { KIND_NONE, KIND_U8, KIND_U16, KIND_U32, KIND_INTEGER, KIND_STRING, KIND_BYTES, KIND_PAIR, KIND_CONTENT_TYPE, KIND_QOS, KIND_ALIAS };

static const struct {
    const char *name;
    enum Kind kind;
} properties[] = {
    [0x01] = { "Payload Format Indicator", KIND_U8 },
    [0x02] = { "Publication Expiry Interval", KIND_U32 },
    [0x03] = { "Content Type", KIND_CONTENT_TYPE },
    [0x08] = { "Response Topic", KIND_STRING },
    [0x09] = { "Correlation Data", KIND_BYTES },
    [0x0b] = { "Subscription Identifier", KIND_INTEGER },
    [0x11] = { "Session Expiry Interval", KIND_U32 },
    [0x12] = { "Assigned Client Identifier", KIND_STRING },
    [0x13] = { "Server Keep Alive", KIND_U16 },
    [0x15] = { "Authentication Method", KIND_STRING },
    [0x16] = { "Authentication Data", KIND_BYTES },
    [0x17] = { "Request Problem Information", KIND_U8 },
    [0x18] = { "Will Delay Interval", KIND_U32 },
    [0x19] = { "Request Response Information", KIND_U8 },
    [0x1a] = { "Response Information", KIND_STRING },
    [0x1c] = { "Server Reference", KIND_STRING },
    [0x1f] = { "Reason String", KIND_STRING },
    [0x21] = { "Receive Maximum", KIND_U16 },
    [0x22] = { "Topic Alias Maximum", KIND_U16 },
    [0x23] = { "Topic Alias", KIND_ALIAS },
    [0x24] = { "Maximum QoS", KIND_QOS },
    [0x25] = { "Retain Available", KIND_U8 },
    [0x26] = { "User Property", KIND_PAIR },
    [0x27] = { "Maximum Packet Size", KIND_U32 },
    [0x28] = { "Wildcard Subscription Available", KIND_U8 },
    [0x29] = { "Subscription Identifier Available", KIND_U8 },
    [0x2a] = { "Shared Subscription Available", KIND_U8 },
};

static const FmName property_names[] = {
    { 0x01, 0, "Payload Format Indicator" },
    { 0x02, 0, "Publication Expiry Interval" },
    { 0x03, 0, "Content Type" },
    { 0x08, 0, "Response Topic" },
    { 0x09, 0, "Correlation Data" },
    { 0x0b, 0, "Subscription Identifier" },
    { 0x11, 0, "Session Expiry Interval" },
    { 0x12, 0, "Assigned Client Identifier" },
    { 0x13, 0, "Server Keep Alive" },
    { 0x15, 0, "Authentication Method" },
    { 0x16, 0, "Authentication Data" },
    { 0x17, 0, "Request Problem Information" },
    { 0x18, 0, "Will Delay Interval" },
    { 0x19, 0, "Request Response Information" },
    { 0x1a, 0, "Response Information" },
    { 0x1c, 0, "Server Reference" },
    { 0x1f, 0, "Reason String" },
    { 0x21, 0, "Receive Maximum" },
    { 0x22, 0, "Topic Alias Maximum" },
    { 0x23, 0, "Topic Alias" },
    { 0x24, 0, "Maximum QoS" },
    { 0x25, 0, "Retain Available" },
    { 0x26, 0, "User Property" },
    { 0x27, 0, "Maximum Packet Size" },
    { 0x28, 0, "Wildcard Subscription Available" },
    { 0x29, 0, "Subscription Identifier Available" },
    { 0x2a, 0, "Shared Subscription Available" },
    { 0, 0, NULL },
};

static const FmName qos_names[] = {
    { 0, 0, "At most once delivery (Fire and Forget)" },
    { 1, 0, "At least once delivery (Acknowledged deliver)" },
    { 2, 0, "Exactly once delivery (Assured Delivery)" },
    { 3, 0, "Reserved" },
    { 0, 0, NULL },
};

static const FmField fields[] = {
    [PROPERTIES] = { "mqtt.properties", "Properties", FM_NONE },
    [WILL_PROPERTIES] = { "mqtt.will_properties", "Will Properties", FM_NONE },
    [TOTAL_LENGTH] = { "mqtt.property_len", "Total Length", FM_UINT64, FM_DEC },
    [ID] = { "mqtt.property_id", "ID", FM_UINT8, FM_HEX, 0, property_names },
    [NUMBER] = { "mqtt.prop_number", "Value", FM_UINT32, FM_DEC },
    [CONTENT_TYPE] = { "mqtt.property.content_type", "Content Type", FM_UINT_STRING },
    [MAX_QOS] = { "mqtt.property.max_qos", "QoS", FM_UINT8, FM_DEC, 0, qos_names },
    [TOPIC_ALIAS] = { "mqtt.property.topic_alias", "Topic Alias", FM_UINT16, FM_DEC },
    [UNKNOWN] = { "mqtt.prop_unknown", "Unknown Property", FM_STRING },
    [STRING_LENGTH] = { "mqtt.prop_string_len", "Length", FM_UINT32, FM_DEC },
    [STRING] = { "mqtt.prop_string", "Value", FM_STRING },
    [KEY_LENGTH] = { "mqtt.prop_key_len", "Key Length", FM_UINT32, FM_DEC },
    [KEY] = { "mqtt.prop_key", "Key", FM_STRING },
    [VALUE_LENGTH] = { "mqtt.prop_value_len", "Value Length", FM_UINT32, FM_DEC },
    [VALUE] = { "mqtt.prop_value", "Value", FM_STRING },
};

unsigned fm_mqtt_integer(FmSlice bytes, uint64_t *value)
{
    *value = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (i == bytes.size)
            return 0;
        *value |= (uint64_t)(bytes.data[i] & 0x7f) << 7 * i;
        if (!(bytes.data[i] & 0x80))
            return i + 1;
    }
    return 5;
}

static uint64_t put_number(FmDissection *d, unsigned row, FmCursor *c, unsigned width)
{
    FmCursor here = *c;
    uint64_t value = fm_read(c, width);
    if (c->at > here.at)
        fm_add_value(d, row, &here, width, value);
    return value;
}

static void put_integer(FmDissection *d, unsigned row, FmCursor *c)
{
    uint64_t value;
    unsigned size = fm_mqtt_integer(fm_rest(c), &value);
    if (size >= 1 && size <= 4)
        fm_add_value(d, row, c, size, value);
    fm_skip(c, size ? size : 5);
}

#define put_string(d, length, row, c) put_string_of(d, length, &fields[row], row, c)

static void put_string_of(FmDissection *d, unsigned length, const FmField *field, unsigned row, FmCursor *c)
{
    uint64_t n = put_number(d, length, c, 2);
    if (n)
        fm_add_bytes_of(d, field, row, c, n);
}

static void put_content_type(FmDissection *d, FmCursor *c, MqttProperties *found)
{
    FmCursor here = *c;
    uint64_t n = fm_read_u16(c);
    found->content_type = fm_rest(c);
    found->content_type.size = MIN(found->content_type.size, (size_t)n);
    fm_add_blob(d, CONTENT_TYPE, &here, 2 + found->content_type.size, found->content_type.data, found->content_type.size);
    fm_skip(c, n);
}

static void put_property(FmDissection *d, FmCursor *c, MqttProperties *found)
{
    uint64_t id = fm_add(d, ID, c);
    switch (id < G_N_ELEMENTS(properties) ? properties[id].kind : KIND_NONE) {
    case KIND_U8: put_number(d, NUMBER, c, 1); break;
    case KIND_U16: put_number(d, NUMBER, c, 2); break;
    case KIND_U32: put_number(d, NUMBER, c, 4); break;
    case KIND_INTEGER: put_integer(d, NUMBER, c); break;
    case KIND_STRING:
    case KIND_BYTES: put_string(d, STRING_LENGTH, STRING, c); break;
    case KIND_PAIR:
        put_string(d, KEY_LENGTH, KEY, c);
        put_string(d, VALUE_LENGTH, VALUE, c);
        break;
    case KIND_CONTENT_TYPE: put_content_type(d, c, found); break;
    case KIND_QOS: fm_add(d, MAX_QOS, c); break;
    case KIND_ALIAS:
        found->topic_alias = (uint32_t)fm_add(d, TOPIC_ALIAS, c);
        found->has_alias = true;
        break;
    default: fm_add_bytes(d, UNKNOWN, c, fm_left(c)); break;
    }
}

void fm_mqtt_properties(FmDissection *d, FmCursor *c, bool will, MqttProperties *found)
{
    extern const FmProtocol fm_mqtt_property_fields;
    FmTableUse before = fm_use(d, &fm_mqtt_property_fields);
    FmSubtree tree = will ? fm_open(d, WILL_PROPERTIES, c) : fm_open(d, PROPERTIES, c);
    uint64_t length = 0;
    unsigned size = fm_mqtt_integer(fm_rest(c), &length);
    if (size >= 1 && size <= 4)
        fm_add_value(d, TOTAL_LENGTH, c, size, length);
    else
        size = 5;
    fm_skip(c, size);
    FmCursor inside = fm_take(c, length);
    while (fm_left(&inside))
        put_property(d, &inside, found);
    fm_close(d, tree, c);
    fm_unuse(d, before);
}

const FmProtocol fm_mqtt_property_fields = {
    .abbrev = "mqtt.property",
    .title = "Properties of MQTT",
    .part = true,
    FM_FIELDS(fields),
};
