// Made from Docs/service-definition.schema.json by `make schema`.

/// The JSON Schema of service definitions.
enum DefinitionSchema {
    /// The file's text, without its last line feed.
    static let text = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "service-definition.schema.json",
          "title": "Service definition",
          "description": "What a service is: a CouchDB document, or a JSON file. Keys that begin with _ and the key comment are ignored; any other unknown key is a warning.",
          "type": "object",
          "required": [
            "image",
            "port"
          ],
          "properties": {
            "comment": {
              "description": "Anything; ignored."
            },
            "image": {
              "type": "string",
              "pattern": "^[^\\s:/@]+(:[0-9]+/[^\\s:@]+)?(/[^\\s:@]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9_.+-]*:[0-9a-f]{32,})?$",
              "description": "A Docker image reference."
            },
            "port": {
              "$ref": "#/$defs/port",
              "description": "Where the container listens."
            },
            "address": {
              "description": "Where clients reach the service; absent when the unit names it.",
              "anyOf": [
                {
                  "$ref": "#/$defs/address"
                },
                {
                  "type": "array",
                  "items": {
                    "$ref": "#/$defs/address"
                  },
                  "minItems": 1
                }
              ]
            },
            "health_check": {
              "description": "How it is found out whether an instance can serve. Left out, it is http, or none where every address is UDP or SCTP.",
              "default": "http",
              "anyOf": [
                {
                  "type": "string",
                  "enum": [
                    "http",
                    "up",
                    "tcp",
                    "docker",
                    "none"
                  ]
                },
                {
                  "type": "object",
                  "properties": {
                    "kind": {
                      "type": "string",
                      "enum": [
                        "http",
                        "tcp",
                        "docker",
                        "exec",
                        "none"
                      ]
                    },
                    "path": {
                      "type": "string",
                      "pattern": "^/[^\\s#]*$"
                    },
                    "port": {
                      "$ref": "#/$defs/port"
                    },
                    "host": {
                      "type": "string",
                      "pattern": "^[^\\s/]+$"
                    },
                    "status": {
                      "default": "200-399",
                      "anyOf": [
                        {
                          "$ref": "#/$defs/status"
                        },
                        {
                          "type": "array",
                          "items": {
                            "$ref": "#/$defs/status"
                          },
                          "minItems": 1
                        }
                      ]
                    },
                    "headers": {
                      "type": "object",
                      "additionalProperties": {
                        "type": "string",
                        "pattern": "^[^\\u0000-\\u001f\\u007f]*$"
                      }
                    },
                    "json": {
                      "$ref": "#/$defs/json",
                      "description": "Members that the answer's JSON body must have, with these values."
                    },
                    "command": {
                      "$ref": "#/$defs/commandLine"
                    },
                    "interval": {
                      "description": "Between probes once in service and settled.",
                      "default": "5s",
                      "anyOf": [
                        {
                          "type": "number",
                          "minimum": 0.1,
                          "maximum": 3600
                        },
                        {
                          "$ref": "#/$defs/durationText"
                        }
                      ]
                    },
                    "startup_interval": {
                      "description": "Between probes until then.",
                      "default": "250ms",
                      "anyOf": [
                        {
                          "type": "number",
                          "minimum": 0.05,
                          "maximum": 3600
                        },
                        {
                          "$ref": "#/$defs/durationText"
                        }
                      ]
                    },
                    "timeout": {
                      "description": "How long a probe may take.",
                      "default": "5s",
                      "anyOf": [
                        {
                          "type": "number",
                          "minimum": 0.01,
                          "maximum": 300
                        },
                        {
                          "$ref": "#/$defs/durationText"
                        }
                      ]
                    },
                    "rise": {
                      "type": "integer",
                      "minimum": 1,
                      "maximum": 100,
                      "default": 1
                    },
                    "fall": {
                      "type": "integer",
                      "minimum": 1,
                      "maximum": 100,
                      "default": 3
                    },
                    "restart_after": {
                      "type": "integer",
                      "minimum": 1,
                      "maximum": 10000
                    }
                  }
                }
              ]
            },
            "environment": {
              "anyOf": [
                {
                  "type": "object",
                  "additionalProperties": {
                    "anyOf": [
                      {
                        "type": [
                          "string",
                          "number",
                          "boolean",
                          "null"
                        ]
                      },
                      {
                        "type": "object",
                        "required": [
                          "file"
                        ],
                        "properties": {
                          "file": {
                            "$ref": "#/$defs/path"
                          }
                        },
                        "not": {
                          "required": [
                            "credential"
                          ]
                        }
                      },
                      {
                        "type": "object",
                        "required": [
                          "credential"
                        ],
                        "properties": {
                          "credential": {
                            "type": "string",
                            "pattern": "^[!-.0-9;-~]{1,255}$"
                          }
                        },
                        "not": {
                          "required": [
                            "file"
                          ]
                        }
                      }
                    ]
                  }
                },
                {
                  "type": "array",
                  "items": {
                    "type": "string",
                    "pattern": "^[^=]+="
                  }
                }
              ]
            },
            "volumes": {
              "anyOf": [
                {
                  "type": "array",
                  "items": {
                    "anyOf": [
                      {
                        "type": "string",
                        "pattern": "^(/+[^:/][^:]*|(/[^:]*|[A-Za-z0-9][A-Za-z0-9_.-]+):/+[^:/][^:]*(:((ro|rw|z|Z|r?private|r?slave|r?shared|nocopy|consistent|cached|delegated)(,(ro|rw|z|Z|r?private|r?slave|r?shared|nocopy|consistent|cached|delegated))*)?)?)$",
                        "description": "As docker run -v takes it."
                      },
                      {
                        "type": "object",
                        "required": [
                          "target"
                        ],
                        "properties": {
                          "type": {
                            "type": "string",
                            "enum": [
                              "bind",
                              "volume",
                              "tmpfs"
                            ]
                          },
                          "source": {
                            "type": "string",
                            "minLength": 1
                          },
                          "target": {
                            "$ref": "#/$defs/path"
                          },
                          "read_only": {
                            "type": "boolean"
                          }
                        }
                      }
                    ]
                  }
                },
                {
                  "type": "object",
                  "additionalProperties": {
                    "type": "string",
                    "pattern": "^/+[^:/][^:]*(:((ro|rw|z|Z|r?private|r?slave|r?shared|nocopy|consistent|cached|delegated)(,(ro|rw|z|Z|r?private|r?slave|r?shared|nocopy|consistent|cached|delegated))*)?)?$"
                  }
                }
              ]
            },
            "command": {
              "$ref": "#/$defs/commandLine"
            },
            "entrypoint": {
              "$ref": "#/$defs/commandLine"
            },
            "user": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": 0,
                  "maximum": 4294967294
                },
                {
                  "type": "string",
                  "pattern": "^[^\\s:/]+(:[^\\s:/]+)?$"
                }
              ]
            },
            "network": {
              "type": "string",
              "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]*$"
            },
            "labels": {
              "type": "object",
              "additionalProperties": {
                "type": [
                  "string",
                  "number",
                  "boolean"
                ]
              }
            },
            "hostname": {
              "type": "string",
              "pattern": "^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$"
            },
            "memory": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": 6291456,
                  "maximum": 1125899906842624
                },
                {
                  "type": "string",
                  "pattern": "^[0-9]+(\\.[0-9]+)?([bB]|[kKmMgGtT]([iI]?[bB])?)?$"
                }
              ]
            },
            "cpus": {
              "type": "number",
              "minimum": 0.01,
              "maximum": 1024
            },
            "pids": {
              "type": "integer",
              "minimum": 1,
              "maximum": 4194304
            },
            "ulimits": {
              "type": "object",
              "properties": {
                "core": {
                  "$ref": "#/$defs/ulimit"
                },
                "cpu": {
                  "$ref": "#/$defs/ulimit"
                },
                "data": {
                  "$ref": "#/$defs/ulimit"
                },
                "fsize": {
                  "$ref": "#/$defs/ulimit"
                },
                "locks": {
                  "$ref": "#/$defs/ulimit"
                },
                "memlock": {
                  "$ref": "#/$defs/ulimit"
                },
                "msgqueue": {
                  "$ref": "#/$defs/ulimit"
                },
                "nice": {
                  "$ref": "#/$defs/ulimit"
                },
                "nofile": {
                  "$ref": "#/$defs/ulimit"
                },
                "nproc": {
                  "$ref": "#/$defs/ulimit"
                },
                "rss": {
                  "$ref": "#/$defs/ulimit"
                },
                "rtprio": {
                  "$ref": "#/$defs/ulimit"
                },
                "rttime": {
                  "$ref": "#/$defs/ulimit"
                },
                "sigpending": {
                  "$ref": "#/$defs/ulimit"
                },
                "stack": {
                  "$ref": "#/$defs/ulimit"
                }
              },
              "additionalProperties": false
            },
            "stop_signal": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 64
                },
                {
                  "type": "string",
                  "pattern": "^([A-Za-z][A-Za-z0-9]*([+-][0-9]{1,2})?|[0-9]{1,2})$"
                }
              ]
            },
            "stop_timeout": {
              "description": "From the stop signal to the kill.",
              "default": "30s",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 0,
                  "maximum": 86400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "drain_timeout": {
              "description": "How long connections may take to end before the stop signal.",
              "default": "30s",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 0,
                  "maximum": 86400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "min_healthy": {
              "description": "How long an instance must serve before it counts as stable.",
              "default": "10s",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 0,
                  "maximum": 86400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "pull_deadline": {
              "description": "How long an image may take.",
              "default": "10m",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 1,
                  "maximum": 86400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "pull_progress_deadline": {
              "description": "How long an image may make no progress.",
              "default": "2m",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 1,
                  "maximum": 86400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "start_deadline": {
              "description": "How long a container may take to start.",
              "default": "60s",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 1,
                  "maximum": 86400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "healthy_deadline": {
              "description": "From a container's start to its being healthy.",
              "default": "10m",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 1,
                  "maximum": 86400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "progress_deadline": {
              "description": "How long a rollout may make no progress.",
              "default": "15m",
              "anyOf": [
                {
                  "type": "number",
                  "minimum": 1,
                  "maximum": 604800
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "order": {
              "type": "string",
              "enum": [
                "start-first",
                "stop-first"
              ],
              "default": "start-first"
            },
            "parallelism": {
              "type": "integer",
              "minimum": 1,
              "maximum": 128,
              "default": 1
            },
            "replicas": {
              "type": "integer",
              "minimum": 1,
              "maximum": 128,
              "default": 1
            },
            "canary": {
              "anyOf": [
                {
                  "$ref": "#/$defs/percent"
                },
                {
                  "type": "object",
                  "required": [
                    "percent"
                  ],
                  "properties": {
                    "percent": {
                      "$ref": "#/$defs/percent"
                    },
                    "hold": {
                      "description": "How long the share is held; without it until smctl promote.",
                      "anyOf": [
                        {
                          "type": "number",
                          "minimum": 0,
                          "maximum": 604800
                        },
                        {
                          "$ref": "#/$defs/durationText"
                        }
                      ]
                    }
                  }
                }
              ]
            },
            "scheduler": {
              "type": "string",
              "enum": [
                "rr",
                "wrr",
                "lc",
                "wlc",
                "lblc",
                "lblcr",
                "dh",
                "sh",
                "sed",
                "nq",
                "fo",
                "ovf",
                "mh"
              ],
              "default": "wlc"
            },
            "scheduler_flags": {
              "type": "array",
              "items": {
                "type": "string",
                "enum": [
                  "fallback",
                  "port"
                ]
              }
            },
            "persistence": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 2678400
                },
                {
                  "$ref": "#/$defs/durationText"
                }
              ]
            },
            "weight": {
              "type": "integer",
              "minimum": 1,
              "maximum": 65535,
              "default": 1
            },
            "pull": {
              "type": "string",
              "enum": [
                "missing",
                "always",
                "never"
              ],
              "default": "missing"
            },
            "roll": {
              "type": "string",
              "enum": [
                "revision",
                "spec"
              ],
              "default": "revision"
            },
            "wants": {
              "anyOf": [
                {
                  "$ref": "#/$defs/unit"
                },
                {
                  "type": "array",
                  "items": {
                    "$ref": "#/$defs/unit"
                  }
                }
              ]
            },
            "after": {
              "anyOf": [
                {
                  "$ref": "#/$defs/unit"
                },
                {
                  "type": "array",
                  "items": {
                    "$ref": "#/$defs/unit"
                  }
                }
              ]
            },
            "hosts": {
              "anyOf": [
                {
                  "type": "string",
                  "pattern": "^[A-Za-z0-9_.*?-]{1,253}$"
                },
                {
                  "type": "array",
                  "items": {
                    "type": "string",
                    "pattern": "^[A-Za-z0-9_.*?-]{1,253}$"
                  }
                }
              ]
            },
            "enabled": {
              "type": "boolean",
              "default": true
            }
          },
          "$defs": {
            "port": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 65535
                },
                {
                  "type": "string",
                  "pattern": "^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"
                }
              ]
            },
            "address": {
              "type": "string",
              "pattern": "^([A-Za-z]+://)?(([0-9]+\\.){3}[0-9]+|\\[[0-9A-Fa-f:.]+\\]):[1-9][0-9]{0,4}$"
            },
            "status": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": 100,
                  "maximum": 599
                },
                {
                  "type": "string",
                  "pattern": "^([1-5]xx|[1-5][0-9]{2}-[1-5][0-9]{2})$"
                }
              ]
            },
            "durationText": {
              "type": "string",
              "minLength": 1,
              "pattern": "^([0-9]{1,9}(\\.[0-9]{1,9})?d)?([0-9]{1,9}(\\.[0-9]{1,9})?h)?([0-9]{1,9}(\\.[0-9]{1,9})?m)?([0-9]{1,9}(\\.[0-9]{1,9})?s)?([0-9]{1,9}(\\.[0-9]{1,9})?ms)?$"
            },
            "commandLine": {
              "anyOf": [
                {
                  "type": "string",
                  "minLength": 1
                },
                {
                  "type": "array",
                  "minItems": 1,
                  "items": {
                    "type": "string"
                  }
                }
              ]
            },
            "path": {
              "type": "string",
              "pattern": "^/"
            },
            "percent": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 99
                },
                {
                  "type": "string",
                  "pattern": "^[1-9][0-9]?%$"
                }
              ]
            },
            "ulimit": {
              "anyOf": [
                {
                  "type": "integer",
                  "minimum": -1
                },
                {
                  "type": "object",
                  "required": [
                    "soft",
                    "hard"
                  ],
                  "properties": {
                    "soft": {
                      "type": "integer",
                      "minimum": -1
                    },
                    "hard": {
                      "type": "integer",
                      "minimum": -1
                    }
                  }
                }
              ]
            },
            "unit": {
              "type": "string",
              "pattern": "^[A-Za-z0-9:_\\\\-][A-Za-z0-9:_.@\\\\-]{0,254}$"
            },
            "json": {
              "type": "object",
              "minProperties": 1,
              "additionalProperties": {
                "anyOf": [
                  {
                    "type": [
                      "string",
                      "number",
                      "boolean",
                      "null"
                    ]
                  },
                  {
                    "$ref": "#/$defs/json"
                  }
                ]
              }
            }
          }
        }
        """#
}
