/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LLDP-MED (ANSI/TIA-1057): what telephones and switches tell each other.
 *
 * Locations come in three formats: coordinates (RFC 3825 without its option
 * head), a civic address (RFC 4776), and an emergency number.
 */
#include "proto/link/lldp.h"

#define HEAD(s) LLDP_ORG_HEAD(LLDP_TIA_MED, s)
#define TLV(var, n, text, section, s, ...)                                     \
	LLDP_ORG_TLV(var, "LLDPDUOrgSpecific_MED_" n, text, "ANSI/TIA-1057 " section, \
	    LLDP_TIA_MED, s, __VA_ARGS__)

static const struct pkw_label capability_names[] = {
	{ 0, "capabilities" },
	{ 1, "network policy" },
	{ 2, "location" },
	{ 3, "extended power PSE" },
	{ 4, "extended power PD" },
	{ 5, "inventory" },
};
static const struct pkw_label classes[] = {
	{ 0, "not defined" },
	{ 1, "endpoint class I" },
	{ 2, "endpoint class II" },
	{ 3, "endpoint class III" },
	{ 4, "network connectivity" },
};
static const struct pkw_field capabilities_fields[] = {
	HEAD(1),
	FLAGS(16, capability_names, "capabilities", .doc = "TLVs it can send"),
	U8("device_type", LABELS(classes)),
};
TLV(capabilities, "Capabilities", "LLDP-MED capabilities", "§10.2.2", 1,
    .summary = "{device_type}");

static const struct pkw_label applications[] = {
	{ 0, "reserved" },
	{ 1, "voice" },
	{ 2, "voice signaling" },
	{ 3, "guest voice" },
	{ 4, "guest voice signaling" },
	{ 5, "softphone voice" },
	{ 6, "video conferencing" },
	{ 7, "streaming video" },
	{ 8, "video signaling" },
};
static const struct pkw_field policy_fields[] = {
	HEAD(2),
	U8("application", LABELS(applications)),
	BITS(1, "unknown", .doc = "the policy is required but not known"),
	BITS(1, "tagged"),
	BITS(1, "reserved"),
	BITS(12, "vlan"),
	BITS(3, "prio"),
	BITS(6, "dscp"),
};
TLV(policy, "Network_Policy", "LLDP-MED network policy", "§10.2.3", 2,
    .summary = "{application} vlan {vlan} prio {prio} dscp {dscp}");

static const struct pkw_label formats[] = {
	{ 0, "invalid" },
	{ 1, "coordinates" },
	{ 2, "civic address" },
	{ 3, "ELIN" },
};
static const struct pkw_label altitude_types[] = {
	{ 1, "meters" },
	{ 2, "floors" },
};
static const struct pkw_label datums[] = {
	{ 1, "WGS84" },
	{ 2, "NAD83 (NAVD88)" },
	{ 3, "NAD83 (MLLW)" },
};
static const struct pkw_field coordinates_fields[] = {
	BITS(6, "latitude_resolution", .doc = "bits that count"),
	BITS(34, "latitude", .doc = "degrees, 9 bits and 25 of a fraction, signed"),
	BITS(6, "longitude_resolution"),
	BITS(34, "longitude"),
	BITS(4, "altitude_type", LABELS(altitude_types)),
	BITS(6, "altitude_resolution"),
	BITS(30, "altitude", .doc = "22 bits and 8 of a fraction, signed"),
	U8("datum", LABELS(datums)),
};
static const struct pkw_record coordinates = RECORD("MED_Coordinates", 1, coordinates_fields);

static const struct pkw_label whats[] = {
	{ 0, "DHCP server" },
	{ 1, "network element" },
	{ 2, "client" },
};
/* IANA "Civic Address Types Registry (CAtypes)". */
static const struct pkw_label civic_types[] = {
	{ 0, "language" },
	{ 1, "state" },
	{ 2, "county" },
	{ 3, "city" },
	{ 4, "district" },
	{ 5, "block" },
	{ 6, "street" },
	{ 16, "leading street direction" },
	{ 17, "trailing street suffix" },
	{ 18, "street suffix" },
	{ 19, "house number" },
	{ 20, "house number suffix" },
	{ 21, "landmark" },
	{ 22, "additional information" },
	{ 23, "name" },
	{ 24, "postal code" },
	{ 25, "building" },
	{ 26, "unit" },
	{ 27, "floor" },
	{ 28, "room" },
	{ 29, "type of place" },
	{ 30, "postal community" },
	{ 31, "post office box" },
	{ 32, "additional code" },
	{ 33, "seat" },
	{ 34, "primary road" },
	{ 35, "road section" },
	{ 36, "road branch" },
	{ 37, "road sub-branch" },
	{ 38, "street name pre-modifier" },
	{ 39, "street name post-modifier" },
	{ 128, "script" },
};
enum { CIVIC_TYPE, CIVIC_LEN, CIVIC_VALUE };
static const struct pkw_field civic_element_fields[] = {
	[CIVIC_TYPE]  = U8("type", LABELS(civic_types)),
	[CIVIC_LEN]   = U8("len", LEN(CIVIC_VALUE)),
	[CIVIC_VALUE] = BYTES("value", .flags = PKW_RAWTEXT),
};
static const struct pkw_record civic_element = RECORD("MED_Civic_Element", 0, civic_element_fields);
static const struct pkw_list civic_elements = { .rec = &civic_element };

static const struct pkw_field civic_fields[] = {
	U8("len", LEN(PKW_OF_REST)),
	U8("what", .def = 1, LABELS(whats), .doc = "whose location it is"),
	BYTESN(2, "country", .flags = PKW_RAWTEXT, .doc = "ISO 3166 code, capitals"),
	LIST(&civic_elements, "elements"),
};
static const struct pkw_record civic = RECORD("MED_Civic", 2, civic_fields);

static const struct pkw_field elin_fields[] = {
	BYTES("elin", .flags = PKW_RAWTEXT, .doc = "digits of the emergency number"),
};
static const struct pkw_record elin = RECORD("MED_ELIN", 3, elin_fields);

static const struct pkw_record *const locations[] = { &coordinates, &civic, &elin, NULL };

enum { LOCATION_FORMAT = LLDP_ORG_BODY, LOCATION_DATA };
static const struct pkw_field location_fields[] = {
	HEAD(3),
	[LOCATION_FORMAT] = U8("format", LABELS(formats)),
	[LOCATION_DATA]   = VARIANT(LOCATION_FORMAT, locations, "location"),
};
TLV(location, "Location", "LLDP-MED location", "§10.2.4", 3, .summary = "{format}");

static const struct pkw_label power_types[] = {
	{ 0, "PSE" },
	{ 1, "PD" },
};
static const struct pkw_label power_sources[] = {
	{ 0, "unknown", 0 },
	{ 1, "primary", 0 },
	{ 2, "backup", 0 },
	{ 0, "unknown", 1 },
	{ 1, "PSE", 1 },
	{ 2, "local", 1 },
	{ 3, "PSE and local", 1 },
};
static const struct pkw_label power_priorities[] = {
	{ 0, "unknown" },
	{ 1, "critical" },
	{ 2, "high" },
	{ 3, "low" },
};
enum { POWER_TYPE = LLDP_ORG_BODY, POWER_SOURCE, POWER_PRIO, POWER_VALUE };
static const struct pkw_field power_fields[] = {
	HEAD(4),
	[POWER_TYPE]   = BITS(2, "power_type", LABELS(power_types)),
	[POWER_SOURCE] = BITS(2, "power_source", LABELS_BY(POWER_TYPE, power_sources)),
	[POWER_PRIO]   = BITS(4, "power_prio", LABELS(power_priorities)),
	[POWER_VALUE]  = U16("power", .doc = "needed or available, in 0.1 W"),
};
TLV(power, "Extended_Power_Via_MDI", "LLDP-MED extended power via MDI", "§10.2.5", 4,
    .summary = "{power_type} {power}");

#define INVENTORY(var, n, text, field, section, s)                             \
	static const struct pkw_field var##_fields[] = {                       \
		HEAD(s),                                                       \
		BYTES(field, .flags = PKW_RAWTEXT),                            \
	};                                                                     \
	TLV(var, n, text, section, s, .summary = "{" field "}")

INVENTORY(hardware, "Hardware_Revision", "LLDP-MED hardware revision", "hardware_revision",
    "§10.2.6.1", 5);
INVENTORY(firmware, "Firmware_Revision", "LLDP-MED firmware revision", "firmware_revision",
    "§10.2.6.2", 6);
INVENTORY(software, "Software_Revision", "LLDP-MED software revision", "software_revision",
    "§10.2.6.3", 7);
INVENTORY(serial, "Serial_Number", "LLDP-MED serial number", "serial_number", "§10.2.6.4", 8);
INVENTORY(manufacturer, "Manufacturer_Name", "LLDP-MED manufacturer", "manufacturer_name",
    "§10.2.6.5", 9);
INVENTORY(model, "Model_Name", "LLDP-MED model", "model_name", "§10.2.6.6", 10);
INVENTORY(asset, "Asset_ID", "LLDP-MED asset identifier", "asset_id", "§10.2.6.7", 11);

PROTOS(lldp_med, &capabilities, &policy, &location, &power, &hardware, &firmware, &software,
    &serial, &manufacturer, &model, &asset);
