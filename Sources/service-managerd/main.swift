print("service-managerd")
