/* What the files of MQTT share. */
#pragma once

#include "engine/dissect.h"

typedef struct MqttProperties { /* what others need of them */
    FmSlice content_type;
    uint32_t topic_alias; /* 0: none */
    bool has_alias;
} MqttProperties;

/* MQTT 5.0 §2.2.2: the length and the properties that follow, under "Properties" or "Will Properties". */
void fm_mqtt_properties(FmDissection *d, FmCursor *c, bool will, MqttProperties *found);

/* A variable byte integer (§1.5.5) in front of `bytes`: its size in bytes, 0 if it is not complete, 5 if it is wrong. */
unsigned fm_mqtt_integer(FmSlice bytes, uint64_t *value);
