print("service-manager-generator")
