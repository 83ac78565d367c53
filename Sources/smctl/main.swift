print("smctl")
